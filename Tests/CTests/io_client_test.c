/* Responses as a client connection reads them, and what becomes of it when they go wrong. */
#include "io_exchange.h"

/* A provider and a connection to it, without a receiver: the body comes to on_body. */
static void meet(relay_t *relay, house_t *house) {
    *relay = (relay_t){.house = house};
    relay->served.conn = pair_server(house->loop, house->shared, &relay->served, &relay->client);
    relay->exchange.source = pair_client(house->origin, &relay->exchange, &relay->upstream);
}

/* The same, where the provider has been asked. */
static void ask(relay_t *relay, house_t *house) {
    meet(relay, house);
    ar_conn_expect_response(relay->exchange.source, 0);
}

typedef struct {
    const char *text, *body;
    uint16_t status;
    uint8_t framing;
    bool cut; /* the provider closes behind it */
} response_t;

static const response_t responses[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 1\r\n\r\nhello", "hello", 200, AR_BODY_LENGTH,
     false},
    {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nT: "
     "1\r\n\r\n",
     "hello", 200, AR_BODY_CHUNKED, false},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", "", 200, AR_BODY_CHUNKED,
     false},
    {"HTTP/1.1 500 \r\n\r\nto the end", "to the end", 500, AR_BODY_TO_END, true},
    {"HTTP/1.0 200 OK\r\n\r\nold", "old", 200, AR_BODY_TO_END, true},
    {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "", 200, AR_BODY_NONE, false},
    {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "", 204, AR_BODY_NONE, false},
    {"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", "", 304, AR_BODY_NONE,
     false},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
     "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\nno",
     "no", 429, AR_BODY_LENGTH, false},
};

static void test_responses(void) {
    check_that("a response reads the same wherever the reads end");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    for (size_t i = 0; i < sizeof responses / sizeof *responses; i++) {
        const response_t *response = &responses[i];
        size_t count = strlen(response->text);
        for (size_t cut = 0; cut <= count; cut++) {
            relay_t relay;
            ask(&relay, &house);
            relay_send(&relay, response->text, cut);
            relay_send(&relay, response->text + cut, count - cut);
            if (response->cut) relay_cut(&relay);
            exchange_t *exchange = &relay.exchange;
            bool as_told = exchange->heads == 1 && exchange->completes == 1 &&
                           exchange->ends == 0 && exchange->status == response->status &&
                           exchange->head_framing == response->framing &&
                           buffer_reads(&exchange->body, response->body);
            if (!CHECK(as_told)) fprintf(stderr, "cut at %zu: %s\n", cut, response->text);
            relay_close(&relay);
        }
    }
    house_close(&house);
}

#define OK_HEAD "HTTP/1.1 200 OK\r\n"

static unsigned pieces;

static void count_piece(exchange_t *exchange) {
    (void)exchange;
    pieces++;
}

static void test_one_piece_a_read(void) {
    check_that("chunks that come in one read are given as one piece");
    ar_limits_t limits = limits_default();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    meet(&relay, &house);
    relay.exchange.on_body = count_piece;
    pieces = 0;
    ar_conn_expect_response(relay.exchange.source, 0);
    const char *text = OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n"
                               "00001\r\nf\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n";
    relay_send(&relay, text, strlen(text));
    CHECK(relay.exchange.completes == 1 && pieces == 1);
    CHECK(buffer_reads(&relay.exchange.body, "abcdef0123456789abcdef"));
    relay_close(&relay);
    house_close(&house);
}

static void test_no_body_of_head(void) {
    check_that("the response to HEAD has no body, whatever its head says");
    ar_limits_t limits = limits_default();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    for (int chunked = 0; chunked < 2; chunked++) {
        meet(&relay, &house);
        ar_conn_expect_response(relay.exchange.source, 1);
        const char *text = chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                   : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
        relay_send(&relay, text, strlen(text));
        CHECK(relay.exchange.completes == 1 && relay.exchange.head_framing == AR_BODY_NONE);
        relay_close(&relay);
    }
    house_close(&house);
}

/* ---- responses that are none -------------------------------------------------------------------- */

static const struct {
    const char *text;
    int reason; /* when the provider says no more; 0 closes for AR_END_TRUNCATED */
} faults[] = {
    {OK_HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", AR_END_MALFORMED},
    {OK_HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", AR_END_MALFORMED},
    {OK_HEAD "Content-Length: -1\r\n\r\n", AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: gzip\r\n\r\n", AR_END_MALFORMED},
    {OK_HEAD "X: a\r\n folded\r\n\r\n", AR_END_MALFORMED},
    {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", AR_END_MALFORMED},
    {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
     AR_END_MALFORMED},
    {"HTTP/2 200\r\n\r\n", AR_END_MALFORMED},
    {"HTTP/2.0 200 OK\r\n\r\n", AR_END_MALFORMED},
    {"HTTP/1.1 20 OK\r\n\r\n", AR_END_MALFORMED},
    {"GET / HTTP/1.1\r\n\r\n", AR_END_MALFORMED},
    {"<html>", AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n", AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\rX0\r\n\r\n", AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nabcX\n0\r\n\r\n",
     AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n",
     AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n\r\n3\r\nabc\r\n", AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n\r\n", AR_END_MALFORMED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n0000000003\r\nabc\r\n0\r\nX Y\r\n\r\n",
     AR_END_MALFORMED},
    {"HTTP/1.1 2", AR_END_TRUNCATED},
    {OK_HEAD, AR_END_TRUNCATED},
    {OK_HEAD "Content-Length: 5\r\n\r\nhell", AR_END_TRUNCATED},
    {OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", AR_END_TRUNCATED},
    {"", AR_END_EOF},
    {"HTTP/1.1 100 Continue\r\n\r\n", AR_END_EOF},
};

static void test_faults(void) {
    check_that("a response that is broken, or cut, ends for what it is, however it is cut");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        size_t count = strlen(faults[i].text);
        for (size_t cut = 0; cut <= count; cut++) {
            relay_t relay;
            ask(&relay, &house);
            relay_send(&relay, faults[i].text, cut);
            if (relay.exchange.source != NULL) {
                peer_send_some(relay.upstream, faults[i].text + cut, count - cut);
                settle(house.loop);
            }
            if (faults[i].reason != AR_END_MALFORMED) relay_cut(&relay);
            exchange_t *exchange = &relay.exchange;
            bool as_told = exchange->completes == 0 && exchange->ends == 1 &&
                           exchange->end_reason == faults[i].reason;
            if (!CHECK(as_told))
                fprintf(stderr, "%d, cut at %zu: %s\n", exchange->end_reason, cut, faults[i].text);
            relay_close(&relay);
        }
    }
    house_close(&house);
}

static void test_head_limits(void) {
    check_that("a response's head has the limit that was set, each interim one anew");
    ar_limits_t limits = limits_default();
    limits.head_bytes = 64;
    house_t house;
    house_open(&house, &limits);
    for (size_t count = 64; count <= 65; count++) {
        buffer_t text = {0};
        buffer_text(&text, "HTTP/1.1 100 Continue\r\nX: 12345678901234567890\r\n\r\n");
        size_t start = text.count;
        buffer_text(&text, OK_HEAD "Content-Length: 0\r\nX: ");
        while (text.count < start + count - 4) buffer_text(&text, "y");
        buffer_text(&text, "\r\n\r\n");
        for (size_t cut = 0; cut < text.count; cut++) {
            relay_t relay;
            ask(&relay, &house);
            relay_send(&relay, text.bytes, cut);
            relay_send(&relay, text.bytes + cut, text.count - cut);
            CHECK(relay.exchange.completes == (count == 64));
            CHECK(count == 64 || relay.exchange.end_reason == AR_END_HEAD_TOO_LARGE);
            relay_close(&relay);
        }
        buffer_free(&text);
    }
    house_close(&house);
}

static void test_out_of_turn(void) {
    check_that("bytes before a request are no answer to it");
    ar_limits_t limits = limits_default();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    meet(&relay, &house);
    relay_send(&relay, OK_HEAD "\r\n", sizeof OK_HEAD + 1);
    CHECK(relay.exchange.heads == 0 && relay.exchange.end_reason == AR_END_MALFORMED);
    relay_close(&relay);
    house_close(&house);
}

static void test_deadlines(void) {
    check_that("a provider that does not answer, or falls silent, is told of");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    house.origin->options.head_ms = house.origin->options.silence_ms = 1;
    static const struct {
        const char *text;
        int reason;
    } stalls[] = {{"", AR_END_TIMEOUT_HEAD},
                  {"HTTP/1.1 200 O", AR_END_TIMEOUT_HEAD},
                  {"HTTP/1.1 100 Continue\r\n\r\n", AR_END_TIMEOUT_HEAD},
                  {OK_HEAD "\r\n", AR_END_TIMEOUT_BODY},
                  {OK_HEAD "Content-Length: 5\r\n\r\nhell", AR_END_TIMEOUT_BODY}};
    for (size_t i = 0; i < sizeof stalls / sizeof *stalls; i++) {
        relay_t relay;
        ask(&relay, &house);
        peer_say(relay.upstream, stalls[i].text);
        CHECK(TURN_UNTIL(house.loop, relay.exchange.ends == 1));
        CHECK(relay.exchange.end_reason == stalls[i].reason);
        relay_close(&relay);
    }
    house_close(&house);
}

static void test_upload_is_not_the_wait(void) {
    check_that("the wait for an answer starts with the request's last byte");
    ar_limits_t limits = limits_default();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    house.origin->options.head_ms = 300;
    meet(&relay, &house);
    ar_conn_t *conn = relay.exchange.source;
    size_t size = 2 << 20;
    uint8_t *body = calloc(1, size);
    ar_slice_t slice = {body, size};
    CHECK(ar_conn_write(conn, &slice, 1, 1) == 0);
    ar_conn_expect_response(conn, 0);
    uint64_t start = ar_loop_now(house.loop);
    buffer_t got = {0};
    while (relay.exchange.ends == 0 &&
           got.count < size) { /* the provider reads for a second or so */
        if (ar_loop_now(house.loop) - start > got.count * 800 / size)
            peer_read(relay.upstream, &got, 65536);
        turn(house.loop);
    }
    CHECK(got.count == size && relay.exchange.ends == 0);
    relay_send(&relay, OK_HEAD "Content-Length: 0\r\n\r\n", sizeof OK_HEAD + 20);
    CHECK(relay.exchange.completes == 1);
    relay_close(&relay);
    free(body);
    buffer_free(&got);
    house_close(&house);
}

static void test_early_answer(void) {
    check_that("an answer that comes before the request is written is an answer; the connection is "
               "not kept");
    ar_limits_t limits = limits_default();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    house.origin->options.pool_size = 1;
    meet(&relay, &house);
    ar_conn_t *conn = relay.exchange.source;
    size_t size = 8 << 20;
    uint8_t *body = calloc(1, size);
    ar_slice_t slice = {body, size};
    CHECK(ar_conn_write(conn, &slice, 1, 1) == 0 && ar_conn_pending(conn) > 0);
    ar_conn_expect_response(conn, 0);
    peer_say(relay.upstream, "HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno");
    close(relay.upstream);
    relay.upstream = open("/dev/null", O_RDONLY | O_CLOEXEC);
    settle(house.loop);
    CHECK(relay.exchange.completes == 1 && relay.exchange.status == 401);
    CHECK(relay.exchange.closes == 1 && ar_origin_idle_count(house.origin) == 0);
    relay_close(&relay);
    free(body);
    house_close(&house);
}

static void pause_source(exchange_t *exchange) { ar_conn_pause(exchange->source); }

static void test_pause(void) {
    check_that("a paused connection gives no body until it is resumed");
    ar_limits_t limits = limits_default();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    ask(&relay, &house);
    relay.exchange.on_body = pause_source;
    const char *text = OK_HEAD "Content-Length: 4\r\n\r\nab";
    relay_send(&relay, text, strlen(text));
    relay_send(&relay, "cd", 2);
    CHECK(buffer_reads(&relay.exchange.body, "ab") && relay.exchange.completes == 0);
    ar_conn_resume(relay.exchange.source);
    settle(house.loop);
    CHECK(buffer_reads(&relay.exchange.body, "abcd") && relay.exchange.completes == 1);
    relay_close(&relay);
    house_close(&house);
}

int main(void) {
    test_responses();
    test_one_piece_a_read();
    test_no_body_of_head();
    test_faults();
    test_head_limits();
    test_out_of_turn();
    test_deadlines();
    test_upload_is_not_the_wait();
    test_early_answer();
    test_pause();
    return check_end();
}
