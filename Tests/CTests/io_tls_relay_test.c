/* The relay with a provider behind TLS: handshake, whole events, ends that may be forged, the pool. */
#include "io_exchange.h"
#include "tls_peer.h"

/* A listening provider with a certificate, and an origin that trusts the root. */
typedef struct {
    ar_loop_t *loop;
    ar_shared_t *shared;
    ar_tls_context_t *trust;
    ar_origin_t *origin;
    SSL_CTX *server;
    int listening;
} bench_t;

/* One exchange: client, relay, provider. */
typedef struct {
    bench_t *bench;
    served_t served;
    exchange_t exchange;
    int client, socket;
    SSL *provider;
    buffer_t received;
} call_t;

static void bench_open(bench_t *bench, const char *certificate, const char *host) {
    ar_limits_t limits = limits_default();
    limits.high_water = 65536;
    limits.low_water = 16384;
    uint16_t port;
    bench->loop = loop_open();
    bench->shared = ar_shared_create(&served_events, &limits);
    bench->trust = trusting("ca");
    bench->server = server_speaking(certificate, 0);
    bench->listening = peer_listen(&port);
    ar_origin_options_t options = options_default(port);
    options.host = host;
    options.tls = bench->trust;
    options.limits = limits;
    bench->origin = ar_origin_create(bench->loop, &options, &exchange_events);
}

static void bench_close(bench_t *bench) {
    ar_loop_counters_t counters;
    ar_origin_free(bench->origin);
    CHECK(TURN_UNTIL(bench->loop,
                     (ar_loop_counters(bench->loop, &counters), counters.connections == 0)));
    ar_loop_free(bench->loop);
    ar_shared_drop(bench->shared);
    ar_tls_context_release(bench->trust);
    SSL_CTX_free(bench->server);
    close(bench->listening);
}

/* Begins an exchange; the provider's side of the connection is there when it is a new one. */
static void call_open(call_t *call, bench_t *bench) {
    *call = (call_t){.bench = bench, .socket = -1};
    call->served.conn = pair_server(bench->loop, bench->shared, &call->served, &call->client);
    call->exchange.receiver = &call->served;
    call->exchange.flags = AR_RELAY_EVENTS | AR_RELAY_OBSERVE;
    peer_say(call->client, "GET / HTTP/1.1\r\n\r\n");
    settle(bench->loop);
    CHECK(call->served.requests == 1);
    call->exchange.source = ar_origin_connect(bench->origin, 1, &call->exchange);
    if (call->exchange.reused) return;
    CHECK(TURN_UNTIL(bench->loop, (call->socket = peer_accept(bench->listening)) >= 0));
    call->provider = SSL_new(bench->server);
    SSL_set_fd(call->provider, call->socket);
    SSL_set_accept_state(call->provider);
}

/* Handshakes, and asks. */
static void call_ask(call_t *call) {
    if (!CHECK(TURN_UNTIL(call->bench->loop,
                          (SSL_do_handshake(call->provider), call->exchange.ready == 1))))
        return;
    CHECK(ar_conn_sent(call->exchange.source) == 0);
    ar_slice_t slices[] = {slice_of("GET / HT"), slice_of("TP/1.1\r\n\r\n")};
    CHECK(ar_conn_write(call->exchange.source, slices, 2, 0) == 0);
    CHECK(ar_conn_sent(call->exchange.source) > 0);
    ar_conn_expect_response(call->exchange.source, 0);
    buffer_t request = {0};
    CHECK(TURN_UNTIL(call->bench->loop, ({
                         char part[100];
                         int count = SSL_read(call->provider, part, sizeof part);
                         if (count > 0) buffer_add(&request, part, (size_t)count);
                         request.count >= 18;
                     })));
    CHECK(buffer_reads(&request, "GET / HTTP/1.1\r\n\r\n"));
    buffer_free(&request);
}

/* Sends as the provider, one record for each call of it. */
static void call_send(call_t *call, const void *bytes, size_t count) {
    if (count == 0) return;
    CHECK(SSL_write(call->provider, bytes, (int)count) == (int)count);
}

/* Whether the client comes to have `text`, and nothing more. */
static bool call_receives(call_t *call, const char *text) {
    bool came = TURN_UNTIL(call->bench->loop, (peer_read(call->client, &call->received, SIZE_MAX),
                                               call->received.count >= strlen(text)));
    return came && buffer_reads(&call->received, text);
}

static void call_close(call_t *call) {
    close(call->client);
    if (call->served.conn != NULL) ar_conn_close(call->served.conn);
    if (call->exchange.source != NULL) ar_conn_close(call->exchange.source);
    CHECK(TURN_UNTIL(call->bench->loop, call->served.closes == 1 && call->exchange.closes == 1));
    if (call->provider != NULL) SSL_free(call->provider);
    if (call->socket >= 0) close(call->socket);
    served_free(&call->served);
    buffer_free(&call->exchange.body);
    buffer_free(&call->received);
}

/* ---- streams ------------------------------------------------------------------------------------ */

#define HEAD   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define FIRST  "9\r\ndata: a\n\n\r\n"
#define SECOND "9\r\ndata: b\n\n\r\n"
#define END    "0\r\n\r\n"

static void test_events_are_whole(void) {
    check_that("behind TLS an event goes on when it is whole, wherever the records end");
    bench_t bench;
    bench_open(&bench, "server", "127.0.0.1");
    for (size_t cut = 0; cut <= sizeof SECOND - 1; cut++) {
        call_t call;
        call_open(&call, &bench);
        call_ask(&call);
        call_send(&call, HEAD FIRST, sizeof HEAD FIRST - 1);
        CHECK(call_receives(&call, RELAYED_HEAD FIRST));
        call_send(&call, SECOND, cut);
        size_t within = 9 + (cut < 3 ? 0 : cut - 3 < 9 ? cut - 3 : 9);
        CHECK(TURN_UNTIL(bench.loop, call.exchange.body.count == within));
        peer_read(call.client, &call.received, SIZE_MAX);
        size_t passed = cut < 12 ? 0 : cut < 14 ? 12 : 14; /* the event, then its chunk's end */
        CHECK(call.received.count == sizeof RELAYED_HEAD FIRST - 1 + passed);
        call_send(&call, &SECOND END[cut], sizeof SECOND END - 1 - cut);
        CHECK(call_receives(&call, RELAYED_HEAD FIRST SECOND END));
        CHECK(call.exchange.completes == 1);
        call_close(&call);
    }
    bench_close(&bench);
}

static void test_ends(void) {
    check_that("behind TLS only close_notify is an end; anything else is a cut");
    static const char to_end[] = "HTTP/1.1 200 OK\r\n\r\ndata: a\n\ndata: b";
    for (int notified = 0; notified < 2; notified++) {
        bench_t bench;
        call_t call;
        bench_open(&bench, "server", "127.0.0.1");
        call_open(&call, &bench);
        call.exchange.framing = AR_RELAY_CHUNKED;
        call_ask(&call);
        call_send(&call, to_end, sizeof to_end - 1);
        if (notified) SSL_shutdown(call.provider);
        shutdown(call.socket, SHUT_WR);
        CHECK(call_receives(
            &call, notified ? RELAYED_HEAD "9\r\ndata: a\n\n\r\n7\r\ndata: b\r\n0\r\n\r\n"
                            : RELAYED_HEAD "9\r\ndata: a\n\n\r\n17\r\n" ABORT_BYTES "\r\n"));
        CHECK(call.exchange.completes == (notified != 0) && call.exchange.ends == !notified);
        CHECK(notified || call.exchange.end_reason == AR_END_TRUNCATED);
        call_close(&call);
        bench_close(&bench);
    }
}

static void test_broken_record(void) {
    check_that("a record that was tampered with ends the stream behind its whole events");
    bench_t bench;
    call_t call;
    bench_open(&bench, "server", "127.0.0.1");
    call_open(&call, &bench);
    call_ask(&call);
    call_send(&call, HEAD FIRST "9\r\ndata", sizeof HEAD FIRST "9\r\ndata" - 1);
    peer_send(call.socket, "\x17\x03\x03\x00\x20 and 31 more bytes of no meaning ", 38);
    CHECK(call_receives(&call, RELAYED_HEAD FIRST "17\r\n" ABORT_BYTES "\r\n"));
    CHECK(call.exchange.end_reason == AR_END_TLS_FAILED);
    call_close(&call);
    bench_close(&bench);
}

/* ---- trust -------------------------------------------------------------------------------------- */

static void test_trust(void) {
    check_that("a provider that is not who it should be is not talked to");
    static const struct {
        const char *certificate, *host;
        int reason;
    } strangers[] = {{"stranger", "127.0.0.1", AR_END_TLS_UNTRUSTED},
                     {"expired", "127.0.0.1", AR_END_TLS_UNTRUSTED},
                     {"cn-only", "127.0.0.1", AR_END_TLS_WRONG_HOST},
                     {"server", "localhost", AR_END_TLS_WRONG_HOST}};
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        bench_t bench;
        call_t call;
        bench_open(&bench, strangers[i].certificate, strangers[i].host);
        call_open(&call, &bench);
        CHECK(TURN_UNTIL(bench.loop, (SSL_do_handshake(call.provider), call.exchange.ends == 1)));
        CHECK(call.exchange.ready == 0 && call.exchange.end_reason == strangers[i].reason);
        call_close(&call);
        bench_close(&bench);
    }
}

static void test_handshake_that_ends(void) {
    check_that("a handshake that is broken off, or never answered, is told of");
    for (int silent = 0; silent < 2; silent++) {
        bench_t bench;
        call_t call;
        bench_open(&bench, "server", "127.0.0.1");
        bench.origin->options.connect_ms = 200;
        call_open(&call, &bench);
        if (!silent) shutdown(call.socket, SHUT_WR);
        CHECK(TURN_UNTIL(bench.loop, call.exchange.ends == 1));
        CHECK(call.exchange.end_reason == (silent ? AR_END_TIMEOUT_CONNECT : AR_END_TLS_FAILED));
        call_close(&call);
        bench_close(&bench);
    }
}

/* ---- the pool ----------------------------------------------------------------------------------- */

static void test_reset_in_pool(void) {
    check_that("a pooled connection behind TLS that is reset is dropped without a word");
    bench_t bench;
    call_t call;
    bench_open(&bench, "server", "127.0.0.1");
    call_open(&call, &bench);
    call_ask(&call);
    call_send(&call, HEAD END, sizeof HEAD END - 1);
    CHECK(TURN_UNTIL(bench.loop, ar_origin_idle_count(bench.origin) == 1));
    peer_reset(call.socket);
    call.socket = -1;
    CHECK(TURN_UNTIL(bench.loop, ar_origin_idle_count(bench.origin) == 0));
    call_close(&call);
    bench_close(&bench);
}

static void test_pool(void) {
    check_that("a connection behind TLS is used again, and once broken is dropped without a word");
    bench_t bench;
    call_t first, second;
    bench_open(&bench, "server", "127.0.0.1");
    call_open(&first, &bench);
    call_ask(&first);
    call_send(&first, HEAD END, sizeof HEAD END - 1);
    CHECK(TURN_UNTIL(bench.loop, first.exchange.closes == 1) &&
          ar_origin_idle_count(bench.origin) == 1);
    call_open(&second, &bench);
    CHECK(second.exchange.reused == 1);
    second.provider = first.provider;
    call_ask(&second);
    call_send(&second, HEAD END, sizeof HEAD END - 1);
    CHECK(TURN_UNTIL(bench.loop, second.exchange.closes == 1) &&
          ar_origin_idle_count(bench.origin) == 1);
    peer_say(first.socket, "no record of any kind");
    CHECK(TURN_UNTIL(bench.loop, ar_origin_idle_count(bench.origin) == 0));
    second.provider = NULL;
    call_close(&first);
    call_close(&second);
    bench_close(&bench);
}

static void test_resumption(void) {
    check_that("the next connection resumes the session");
    bench_t bench;
    bench_open(&bench, "server", "127.0.0.1");
    for (int i = 0; i < 2; i++) {
        call_t call;
        call_open(&call, &bench);
        call_ask(&call);
        CHECK(SSL_session_reused(call.provider) == i);
        call_send(&call, HEAD END, sizeof HEAD END - 1);
        CHECK(TURN_UNTIL(bench.loop, call.exchange.completes == 1));
        SSL_shutdown(call.provider);
        CHECK(TURN_UNTIL(bench.loop, ar_origin_idle_count(bench.origin) == 0));
        call_close(&call);
    }
    bench_close(&bench);
}

/* ---- volume ------------------------------------------------------------------------------------- */

static void test_large_body(void) {
    check_that("a long stream reaches a slow client unchanged, and little of it waits");
    bench_t bench;
    call_t call;
    buffer_t expected = {0};
    bench_open(&bench, "server", "127.0.0.1");
    call_open(&call, &bench);
    call_ask(&call);
    SSL_set_mode(call.provider,
                 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    call_send(&call, HEAD, sizeof HEAD - 1);
    for (int i = 0; i < 20000; i++) buffer_print(&expected, "7c\r\ndata: %0116d\n\n\r\n", i);
    buffer_text(&expected, END);
    size_t sent = 0, most = 0, head = sizeof RELAYED_HEAD - 1;
    CHECK(TURN_UNTIL(bench.loop, ({
                         int part = sent < expected.count
                                        ? SSL_write(call.provider, expected.bytes + sent,
                                                    (int)(expected.count - sent))
                                        : 0;
                         if (part > 0) sent += (size_t)part;
                         if (call.served.conn != NULL && call.served.conn->pending > most) {
                             most = call.served.conn->pending;
                         }
                         peer_read(call.client, &call.received, 5003);
                         call.received.count >= expected.count + head;
                     })));
    CHECK(call.received.count == expected.count + head);
    CHECK(memcmp(call.received.bytes + head, expected.bytes, expected.count) == 0);
    CHECK(most > 0 && most <= 65536 + 3 * AR_SLAB_BYTES);
    buffer_free(&expected);
    call_close(&call);
    bench_close(&bench);
}

static void test_large_request(void) {
    check_that("a long request reaches a provider that reads slowly unchanged");
    bench_t bench;
    call_t call;
    bench_open(&bench, "server", "127.0.0.1");
    call_open(&call, &bench);
    CHECK(TURN_UNTIL(bench.loop, (SSL_do_handshake(call.provider), call.exchange.ready == 1)));
    size_t size = 8 << 20;
    uint8_t *body = malloc(size);
    for (size_t i = 0; i < size; i++) body[i] = (uint8_t)(i * 31 + i / 8191);
    ar_slice_t slices[] = {slice_of("head"), {body, size}};
    CHECK(ar_conn_write(call.exchange.source, slices, 2, 2) == 0);
    buffer_t got = {0};
    CHECK(TURN_UNTIL(bench.loop, ({
                         uint8_t part[30000];
                         int count = SSL_read(call.provider, part, sizeof part);
                         if (count > 0) buffer_add(&got, part, (size_t)count);
                         got.count >= size + 4;
                     })));
    CHECK(got.count == size + 4 && memcmp(got.bytes + 4, body, size) == 0);
    CHECK(TURN_UNTIL(bench.loop, ar_conn_pending(call.exchange.source) == 0));
    free(body);
    buffer_free(&got);
    call_close(&call);
    bench_close(&bench);
}

int main(void) {
    signal(SIGPIPE, SIG_IGN); /* of the provider's own writes */
    if (!CHECK(certs_make())) return check_end();
    test_events_are_whole();
    test_ends();
    test_broken_record();
    test_trust();
    test_handshake_that_ends();
    test_reset_in_pool();
    test_pool();
    test_resumption();
    test_large_body();
    test_large_request();
    certs_remove();
    return check_end();
}
