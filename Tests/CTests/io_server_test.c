/* The life of a server connection: bodies read in place, pipelining, deadlines, ends, the linger. */
#include "io_served.h"

/* A listener and the first of its connections, over TCP. */
typedef struct {
    ar_loop_t *loop;
    service_t service;
    served_t records[2];
    served_t *served; /* the first */
    int peer;
} bench_t;

static void bench_open(bench_t *bench, const ar_limits_t *limits) {
    memset(bench, 0, sizeof *bench);
    bench->loop = loop_open();
    bench->served = &bench->records[0];
    service_open(&bench->service, bench->loop, limits, bench->records, 2);
    bench->peer = peer_dial(bench->service.port);
    CHECK(TURN_UNTIL(bench->loop, bench->service.accepted == 1));
}

static void bench_close(bench_t *bench) {
    ar_loop_counters_t counters;
    for (int i = 0; i < 2; i++) {
        if (bench->records[i].conn != NULL) ar_conn_close(bench->records[i].conn);
    }
    settle(bench->loop);
    ar_loop_counters(bench->loop, &counters);
    CHECK(counters.connections == 0);
    ar_listener_close(bench->service.listener);
    ar_listener_close(bench->service.listener);
    settle(bench->loop);
    CHECK(bench->service.closed);
    CHECK(bench->records[0].closes == 1 && bench->records[0].ends <= 1);
    close(bench->peer);
    ar_loop_free(bench->loop);
    for (int i = 0; i < 2; i++) served_free(&bench->records[i]);
}

/* Reads until `bench`'s peer is at its end; whether it was an orderly one. */
static bool read_to_end(bench_t *bench, int peer, buffer_t *answer) {
    errno = 0;
    bool ended = TURN_UNTIL(bench->loop, !peer_read(peer, answer, SIZE_MAX));
    return ended && errno != ECONNRESET;
}

static bool read_count(bench_t *bench, int peer, buffer_t *answer, size_t count) {
    return TURN_UNTIL(bench->loop, (peer_read(peer, answer, SIZE_MAX), answer->count >= count));
}

/* ---- bodies ------------------------------------------------------------------------------------- */

static void test_long_body(void) {
    check_that("a long body arrives whole, and what follows it is the next request");
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t text = {0};
    bench_open(&bench, &limits);
    bench.served->reply = true;
    buffer_print(&text, "POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n", 1 << 20);
    size_t start = text.count;
    for (uint32_t i = 0; i < 1 << 20; i++)
        buffer_add(&text, &(uint8_t){(uint8_t)(i * 7 + i / 251)}, 1);
    size_t end = text.count;
    buffer_text(&text, "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
    for (size_t sent = 0; sent < text.count;) {
        size_t piece = text.count - sent < 100003 ? text.count - sent : 100003;
        sent += peer_send_some(bench.peer, text.bytes + sent, piece);
        turn(bench.loop);
        CHECK(sent < end || bench.served->ends == 0);
    }
    CHECK(TURN_UNTIL(bench.loop, bench.served->requests == 2));
    CHECK(bench.served->bodies.count == end - start + 5);
    CHECK(memcmp(bench.served->bodies.bytes, text.bytes + start, end - start) == 0);
    CHECK(buffer_reads(&bench.served->body, "abc"));
    buffer_free(&text);
    bench_close(&bench);
}

static void test_declared_costs_nothing(void) {
    check_that("a declared length alone takes little memory");
    ar_limits_t limits = limits_default();
    limits.body_bytes = 1ull << 40;
    bench_t bench;
    bench_open(&bench, &limits);
    peer_say(bench.peer, "POST / HTTP/1.1\r\nContent-Length: 1000000000000\r\n\r\n1234");
    CHECK(TURN_UNTIL(bench.loop, bench.served->conn->body_count == 4));
    CHECK(bench.served->conn->body_capacity == AR_BODY_START_BYTES);
    bench_close(&bench);
}

/* ---- pipelining --------------------------------------------------------------------------------- */

static void test_pipelined_at_once(void) {
    check_that("pipelined requests are answered one after the other, in order");
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t text = {0}, answer = {0}, expected = {0};
    bench_open(&bench, &limits);
    bench.served->reply = true;
    for (int i = 0; i < 1000; i++) {
        buffer_print(&text, "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n%03d", i);
        buffer_print(&expected, "%03d|", i);
    }
    peer_send(bench.peer, text.bytes, text.count);
    CHECK(read_count(&bench, bench.peer, &answer, 1000 * 27));
    CHECK(answer.count == 1000 * 27 && bench.served->requests == 1000);
    CHECK(buffer_is(&bench.served->bodies, expected.bytes, expected.count));
    buffer_free(&text);
    buffer_free(&answer);
    buffer_free(&expected);
    bench_close(&bench);
}

static void test_pipelined_waits(void) {
    check_that("a pipelined request waits for the answer before it, wherever it is cut");
    static const char second[] = "POST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\nbb";
    ar_limits_t limits = limits_default();
    for (size_t cut = 1; cut < sizeof second; cut++) {
        bench_t bench;
        buffer_t text = {0};
        bench_open(&bench, &limits);
        buffer_text(&text, "POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\na");
        buffer_add(&text, second, cut);
        peer_send(bench.peer, text.bytes, text.count);
        CHECK(TURN_UNTIL(bench.loop, bench.served->requests == 1));
        settle(bench.loop);
        peer_send(bench.peer, second + cut, sizeof second - 1 - cut);
        settle(bench.loop);
        CHECK(bench.served->heads == 1 && bench.served->requests == 1);
        CHECK(memcmp(bench.served->conn->head->bytes + 6, "1", 1) == 0);
        ar_conn_next(bench.served->conn, 1);
        CHECK(bench.served->requests == 1); /* never inside the call */
        CHECK(TURN_UNTIL(bench.loop, bench.served->requests == 2));
        CHECK(buffer_reads(&bench.served->bodies, "a|bb|") && bench.served->ends == 0);
        buffer_free(&text);
        bench_close(&bench);
    }
}

static void next_of_user(served_t *served) { ar_conn_next(((served_t *)served->user)->conn, 1); }

static void test_stash_comes_first(void) {
    check_that("input that waited is read before input that comes in the turn of the answer");
    ar_limits_t limits = limits_default();
    ar_loop_t *loop = loop_open();
    ar_shared_t *shared = ar_shared_create(&served_events, &limits);
    served_t first = {0}, other = {.on_request = next_of_user, .user = &first};
    int peer, other_peer;
    first.conn = pair_server(loop, shared, &first, &peer);
    other.conn = pair_server(loop, shared, &other, &other_peer);
    settle(loop);
    peer_say(peer, "POST /1 HTTP/1.1\r\nContent-Length: 1\r\n\r\naPOST /2 HTTP/1.1\r\nContent-Len");
    settle(loop);
    /* The other's request, which answers the first, is read in the same turn as the rest. */
    peer_say(other_peer, "GET / HTTP/1.1\r\n\r\n");
    peer_say(peer, "gth: 2\r\n\r\nbb");
    settle(loop);
    CHECK(other.requests == 1 && first.requests == 2 && first.ends == 0);
    CHECK(buffer_reads(&first.bodies, "a|bb|"));
    close(peer);
    close(other_peer);
    ar_loop_free(loop);
    ar_shared_drop(shared);
    served_free(&first);
    served_free(&other);
}

static void test_pipeline_is_bounded(void) {
    check_that("while a request is answered little of what follows is read");
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t text = {0};
    bench_open(&bench, &limits);
    while (text.count < 8 << 20) buffer_text(&text, "GET / HTTP/1.1\r\n\r\n");
    size_t sent = 0;
    for (int idle = 0; idle < 20;) {
        size_t part = peer_send_some(bench.peer, text.bytes + sent, text.count - sent);
        sent += part;
        idle = part == 0 ? idle + 1 : 0;
        turn(bench.loop);
    }
    CHECK(sent < text.count && bench.served->requests == 1);
    CHECK(bench.served->conn->stash_count <= 2 * AR_STASH_BYTES);
    buffer_free(&text);
    bench_close(&bench);
}

static void test_dropped_request(void) {
    check_that("a request's memory can go before its answer, and the next request is read");
    ar_limits_t limits = limits_default();
    bench_t bench;
    bench_open(&bench, &limits);
    for (unsigned i = 1; i <= 2; i++) {
        peer_say(bench.peer, "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
        CHECK(TURN_UNTIL(bench.loop, bench.served->requests == i));
        ar_conn_drop_request(bench.served->conn);
        CHECK(bench.served->conn->body == NULL && bench.served->conn->head == NULL);
        ar_conn_drop_request(bench.served->conn);
        ar_conn_next(bench.served->conn, 1);
    }
    bench_close(&bench);
}

/* ---- deadlines ---------------------------------------------------------------------------------- */

static void test_deadlines(void) {
    check_that("a connection that is idle, or stalls in a head or a body, is told of");
    static const struct {
        const char *text;
        int reason;
    } stalls[] = {{"", AR_END_TIMEOUT_IDLE},
                  {"G", AR_END_TIMEOUT_HEAD},
                  {"GET / HTTP/1.1\r\nHost: a\r\n", AR_END_TIMEOUT_HEAD},
                  {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", AR_END_TIMEOUT_BODY},
                  {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell", AR_END_TIMEOUT_BODY},
                  {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                   AR_END_TIMEOUT_BODY}};
    for (size_t i = 0; i < sizeof stalls / sizeof *stalls; i++) {
        ar_limits_t limits = limits_default();
        limits.idle_ms = limits.head_ms = limits.body_ms = 1;
        bench_t bench;
        bench_open(&bench, &limits);
        peer_say(bench.peer, stalls[i].text);
        CHECK(TURN_UNTIL(bench.loop, bench.served->ends == 1));
        CHECK(bench.served->end_reason == stalls[i].reason);
        bench_close(&bench);
    }
}

static void test_head_deadline_is_whole(void) {
    check_that("a head that comes a byte at a time does not get more time for it");
    ar_limits_t limits = limits_default();
    limits.head_ms = 250;
    bench_t bench;
    bench_open(&bench, &limits);
    peer_say(bench.peer, "GET /");
    bool ended = TURN_UNTIL(bench.loop,
                            (peer_send_some(bench.peer, "a", 1), bench.served->ends == 1));
    CHECK(ended && bench.served->end_reason == AR_END_TIMEOUT_HEAD);
    bench_close(&bench);
}

static void test_no_deadline_while_busy(void) {
    check_that("the time that an answer takes is not the client's");
    ar_limits_t limits = limits_default();
    limits.idle_ms = limits.head_ms = limits.body_ms = 1;
    bench_t bench;
    bench_open(&bench, &limits);
    peer_say(bench.peer, "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\na");
    CHECK(TURN_UNTIL(bench.loop, bench.served->requests == 1));
    uint64_t start = ar_loop_now(bench.loop);
    CHECK(TURN_UNTIL(bench.loop, ar_loop_now(bench.loop) - start > 3 * AR_SWEEP_MS));
    CHECK(bench.served->ends == 0);
    bench_close(&bench);
}

static void test_write_deadline(void) {
    check_that("a client that takes nothing is told of, one that takes a little is not");
    ar_limits_t limits = limits_default();
    limits.write_ms = 300;
    for (int takes = 0; takes < 2; takes++) {
        bench_t bench;
        buffer_t answer = {0};
        bench_open(&bench, &limits);
        peer_say(bench.peer, "GET / HTTP/1.1\r\n\r\n");
        CHECK(TURN_UNTIL(bench.loop, bench.served->requests == 1));
        size_t size = 32 << 20;
        uint8_t *bytes = calloc(1, size);
        ar_slice_t slice = {bytes, size};
        CHECK(ar_conn_write(bench.served->conn, &slice, 1, 1) == 0);
        CHECK(ar_conn_pending(bench.served->conn) > 0);
        uint64_t start = ar_loop_now(bench.loop);
        CHECK(TURN_UNTIL(bench.loop, (takes ? peer_read(bench.peer, &answer, 300000) : 0,
                                      bench.served->ends == 1 ||
                                          (takes && ar_loop_now(bench.loop) - start > 1000))));
        CHECK(takes ? bench.served->ends == 0 : bench.served->end_reason == AR_END_TIMEOUT_WRITE);
        ar_conn_close(bench.served->conn);
        settle(bench.loop);
        free(bytes);
        buffer_free(&answer);
        bench_close(&bench);
    }
}

/* ---- ends --------------------------------------------------------------------------------------- */

static void test_ends(void) {
    check_that("the end of a connection is told for what it is, in every state");
    static const struct {
        const char *text;
        unsigned requests;
        int reason;
    } ends[] = {{"", 0, AR_END_EOF},
                {"GET / HT", 0, AR_END_TRUNCATED},
                {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 0, AR_END_TRUNCATED},
                {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhell", 0, AR_END_TRUNCATED},
                {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", 0,
                 AR_END_TRUNCATED},
                {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 1, AR_END_EOF}};
    ar_limits_t limits = limits_default();
    for (size_t i = 0; i < sizeof ends / sizeof *ends * 2; i++) {
        bool reset = i % 2 == 1;
        bench_t bench;
        bench_open(&bench, &limits);
        peer_say(bench.peer, ends[i / 2].text);
        ar_loop_counters_t counters = {0};
        CHECK(TURN_UNTIL(bench.loop, (ar_loop_counters(bench.loop, &counters),
                                      ends[i / 2].text[0] == 0 || counters.reads > 0)));
        if (reset) {
            peer_reset(bench.peer);
            bench.peer = open("/dev/null", O_RDONLY | O_CLOEXEC);
        } else {
            shutdown(bench.peer, SHUT_WR);
        }
        CHECK(TURN_UNTIL(bench.loop, bench.served->ends == 1));
        CHECK(bench.served->requests == ends[i / 2].requests);
        CHECK(bench.served->end_reason == (reset ? AR_END_RESET : ends[i / 2].reason));
        bench_close(&bench);
    }
}

static void test_refused_at_accept(void) {
    check_that("a connection that is refused is closed without a word");
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t answer = {0};
    bench_open(&bench, &limits);
    bench.service.capacity = 1;
    int refused = peer_dial(bench.service.port);
    read_to_end(&bench, refused, &answer);
    CHECK(answer.count == 0 && bench.served->ends == 0);
    close(refused);
    bench_close(&bench);
}

static void test_listener_faults(void) {
    check_that("a listener that cannot be is an error, and a busy port says so");
    static const ar_listener_events_t events = {service_accept, service_closed};
    ar_limits_t limits = limits_default();
    bench_t bench;
    bench_open(&bench, &limits);
    int error = 0;
    CHECK(ar_listener_start(bench.loop, "127.0.0.1", bench.service.port, &limits, &events,
                            &served_events, NULL, &error) == NULL);
    CHECK(error == UV_EADDRINUSE);
    CHECK(ar_listener_start(bench.loop, "no address", 0, &limits, &events, &served_events, NULL,
                            &error) == NULL);
    CHECK(error == UV_EINVAL);
    bench_close(&bench);
}

/* ---- the linger --------------------------------------------------------------------------------- */

static void answer_and_finish(served_t *served) {
    served_reply(served, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    ar_conn_finish_and_close(served->conn);
    ar_conn_finish_and_close(served->conn);
}

static void test_answer_is_not_lost(void) {
    check_that("an answer reaches a client that is still sending");
    ar_limits_t limits = limits_default();
    limits.body_bytes = 1000;
    bench_t bench;
    buffer_t answer = {0}, body = {0};
    bench_open(&bench, &limits);
    peer_say(bench.peer, "POST / HTTP/1.1\r\nContent-Length: 900000\r\n\r\n");
    CHECK(TURN_UNTIL(bench.loop, bench.served->ends == 1));
    CHECK(bench.served->end_reason == AR_END_BODY_TOO_LARGE);
    answer_and_finish(bench.served);
    while (body.count < 900000) buffer_text(&body, "0123456789");
    for (size_t sent = 0; sent < body.count && bench.served->closes == 0; turn(bench.loop)) {
        sent += peer_send_some(bench.peer, body.bytes + sent, body.count - sent);
    }
    CHECK(read_to_end(&bench, bench.peer, &answer));
    CHECK(buffer_reads(&answer, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n"));
    CHECK(bench.served->closes == 0); /* it waits for the client's own end */
    shutdown(bench.peer, SHUT_WR);
    CHECK(TURN_UNTIL(bench.loop, bench.served->closes == 1));
    buffer_free(&answer);
    buffer_free(&body);
    bench_close(&bench);
}

static void test_linger_is_bounded(void) {
    check_that("the wait for a client's end is bounded in bytes and in time");
    ar_limits_t limits = limits_default();
    for (int sends = 0; sends < 2; sends++) {
        bench_t bench;
        bench_open(&bench, &limits);
        bench.served->on_request = answer_and_finish;
        peer_say(bench.peer, "GET / HTTP/1.1\r\n\r\n");
        CHECK(TURN_UNTIL(bench.loop, bench.served->requests == 1));
        static const uint8_t junk[65536];
        uint64_t start = ar_loop_now(bench.loop);
        size_t sent = 0;
        CHECK(TURN_UNTIL(bench.loop,
                         (sent += sends ? peer_send_some(bench.peer, junk, sizeof junk) : 0,
                          bench.served->closes == 1)));
        uint64_t took = ar_loop_now(bench.loop) - start;
        CHECK(sends ? sent > AR_LINGER_BYTES && took < AR_LINGER_MS : took >= AR_LINGER_MS);
        bench_close(&bench);
    }
}

static void test_long_answer_is_flushed(void) {
    check_that("what waits is written before the connection ends");
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t answer = {0};
    bench_open(&bench, &limits);
    peer_say(bench.peer, "GET / HTTP/1.1\r\n\r\n");
    CHECK(TURN_UNTIL(bench.loop, bench.served->requests == 1));
    size_t size = 16 << 20;
    uint8_t *bytes = malloc(size);
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)(i * 13 + i / 65521);
    ar_slice_t slices[2] = {{bytes, 5}, {bytes + 5, size - 5}};
    CHECK(ar_conn_write(bench.served->conn, slices, 2, 2) == 0);
    ar_conn_next(bench.served->conn, 0);
    CHECK(read_to_end(&bench, bench.peer, &answer));
    CHECK(buffer_is(&answer, bytes, size));
    shutdown(bench.peer, SHUT_WR);
    CHECK(TURN_UNTIL(bench.loop, bench.served->closes == 1));
    free(bytes);
    buffer_free(&answer);
    bench_close(&bench);
}

int main(void) {
    test_long_body();
    test_declared_costs_nothing();
    test_pipelined_at_once();
    test_pipelined_waits();
    test_stash_comes_first();
    test_pipeline_is_bounded();
    test_dropped_request();
    test_deadlines();
    test_head_deadline_is_whole();
    test_no_deadline_while_busy();
    test_write_deadline();
    test_ends();
    test_refused_at_accept();
    test_listener_faults();
    test_answer_is_not_lost();
    test_linger_is_bounded();
    test_long_answer_is_flushed();
    return check_end();
}
