/* Requests as a server connection reads them: heads, their framing, bodies, their limits. Each is
 * given in one piece and cut at every byte: where the reads end must not matter. */
#include "io_served.h"

typedef struct {
    ar_loop_t *loop;
    ar_shared_t *shared;
    served_t served;
    int peer;
} bench_t;

static void bench_open(bench_t *bench, const ar_limits_t *limits) {
    memset(bench, 0, sizeof *bench);
    bench->loop = loop_open();
    bench->shared = ar_shared_create(&served_events, limits);
    bench->served.conn = pair_server(bench->loop, bench->shared, &bench->served, &bench->peer);
}

/* A new connection, with nothing on record, where limits and loop stay. */
static void bench_renew(bench_t *bench) {
    if (bench->served.conn != NULL) ar_conn_close(bench->served.conn);
    close(bench->peer);
    settle(bench->loop);
    CHECK(bench->served.closes == 1);
    served_free(&bench->served);
    memset(&bench->served, 0, sizeof bench->served);
    bench->served.conn = pair_server(bench->loop, bench->shared, &bench->served, &bench->peer);
}

static void bench_close(bench_t *bench) {
    bench_renew(bench);
    close(bench->peer);
    ar_loop_free(bench->loop);
    CHECK(bench->served.closes == 1);
    ar_shared_drop(bench->shared);
    served_free(&bench->served);
}

/* Sends `bytes` in pieces that end at `cut` and at the end, or of one byte each when `cut` is 0. */
static void feed(bench_t *bench, const void *bytes, size_t count, size_t cut) {
    const uint8_t *at = bytes, *end = at + count;
    while (at < end) {
        size_t piece = cut == 0 ? 1 : at == (const uint8_t *)bytes ? cut : (size_t)(end - at);
        /* A request that is refused at once may leave nobody to send to. */
        if (piece > 0 && peer_send_some(bench->peer, at, piece) != piece) return;
        at += piece;
        settle(bench->loop);
    }
}

static void feed_text(bench_t *bench, const char *text, size_t cut) {
    feed(bench, text, strlen(text), cut);
}

/* ---- heads -------------------------------------------------------------------------------------- */

static const char
    post[] = "POST /v1/messages?a=%20b HTTP/1.1\r\nHost: localhost:4505\r\nX-Empty:\r\n"
             "X-Spaced: \t one  two\t \r\nx-dup: 1\r\nX-Dup: 2\r\nX-\x7e: caf\xc3\xa9\r\n"
             "Content-Length: 5\r\n\r\nhello";

static void check_post(bench_t *bench) {
    served_t *served = &bench->served;
    const ar_head_t *head = &served->head;
    if (!CHECK(served->heads == 1 && served->requests == 1 && served->ends == 0)) return;
    CHECK(buffer_is(&served->message, post, sizeof post - 6));
    CHECK(head->count == sizeof post - 6 && head->field_count == 7);
    CHECK(head->method_count == 4 && memcmp(head->bytes + head->method_at, "POST", 4) == 0);
    CHECK(head->target_count == 19);
    CHECK(memcmp(head->bytes + head->target_at, "/v1/messages?a=%20b", 19) == 0);
    CHECK(served_has(served, 0, "Host", "localhost:4505"));
    CHECK(served_has(served, 1, "X-Empty", ""));
    CHECK(served_has(served, 2, "X-Spaced", "one  two"));
    CHECK(served_has(served, 3, "x-dup", "1") && served_has(served, 4, "X-Dup", "2"));
    CHECK(served_has(served, 5, "X-\x7e", "caf\xc3\xa9"));
    CHECK(head->framing == AR_BODY_LENGTH && head->content_length == 5);
    CHECK(head->keep_alive && !head->upgrade && !head->expect_continue && head->minor == 1);
    CHECK(buffer_reads(&served->body, "hello"));
}

static void test_head_cut_anywhere(void) {
    check_that("a head and its body read the same wherever the reads end");
    ar_limits_t limits = limits_default();
    bench_t bench;
    bench_open(&bench, &limits);
    for (size_t cut = 0; cut < sizeof post; cut++) {
        feed(&bench, post, sizeof post - 1, cut);
        check_post(&bench);
        bench_renew(&bench);
    }
    bench_close(&bench);
}

static void test_head_flags(void) {
    check_that("a head tells version, persistence, upgrade and expectation");
    static const struct {
        const char *text;
        uint8_t minor, keep_alive, upgrade, expect, framing;
    } heads[] = {
        {"GET / HTTP/1.1\r\n\r\n", 1, 1, 0, 0, AR_BODY_NONE},
        {"GET / HTTP/1.0\r\n\r\n", 0, 0, 0, 0, AR_BODY_NONE},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 0, 1, 0, 0, AR_BODY_NONE},
        {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 1, 0, 0, 0, AR_BODY_NONE},
        {"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 1, 1, 1, 0,
         AR_BODY_NONE},
        {"POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n", 1, 1, 0, 1,
         AR_BODY_LENGTH},
        {"POST / HTTP/1.1\r\nTransfer-Encoding:  Chunked \r\n\r\n", 1, 1, 0, 0, AR_BODY_CHUNKED},
        {"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 1, 1, 0, 0, AR_BODY_NONE},
        {"\r\n\r\nGET / HTTP/1.1\r\n\r\n", 1, 1, 0, 0, AR_BODY_NONE},
    };
    ar_limits_t limits = limits_default();
    bench_t bench;
    bench_open(&bench, &limits);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        feed_text(&bench, heads[i].text, i % 2 == 0 ? 0 : strlen(heads[i].text));
        const ar_head_t *head = &bench.served.head;
        bool as_told = bench.served.heads == 1 && head->minor == heads[i].minor &&
                       head->keep_alive == heads[i].keep_alive &&
                       head->upgrade == heads[i].upgrade &&
                       head->expect_continue == heads[i].expect &&
                       head->framing == heads[i].framing;
        if (!CHECK(as_told)) fprintf(stderr, "%s", heads[i].text);
        bench_renew(&bench);
    }
    bench_close(&bench);
}

#define POST_HEAD "POST / HTTP/1.1\r\n"

static const char *const malformed[] = {
    POST_HEAD "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    POST_HEAD "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
    POST_HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
    POST_HEAD "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
    POST_HEAD "Content-Length: 5, 5\r\n\r\n",
    POST_HEAD "Content-Length: +5\r\n\r\n",
    POST_HEAD "Content-Length: -5\r\n\r\n",
    POST_HEAD "Content-Length: 0x5\r\n\r\n",
    POST_HEAD "Content-Length: 5 5\r\n\r\n",
    POST_HEAD "Content-Length:\r\n\r\n",
    POST_HEAD "Content-Length: 18446744073709551616\r\n\r\n",
    POST_HEAD "Content-Length : 5\r\n\r\n",
    POST_HEAD "Transfer-Encoding: gzip\r\n\r\n",
    POST_HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n",
    POST_HEAD "Transfer-Encoding: chunked, chunked\r\n\r\n",
    POST_HEAD "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    POST_HEAD "Transfer-Encoding: xchunked\r\n\r\n",
    POST_HEAD "Transfer-Encoding:\r\n\r\n",
    "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET / HTTP/1.1\nHost: a\n\n",
    "GET / HTTP/1.1\r\nHost: a\n\r\n",
    "GET / HTTP/1.1\r\nX: a\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\r\n folded: a\r\n\r\n",
    "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n",
    "GET / HTTP/1.1\r\nX: a\x01z\r\n\r\n",
    "GET / HTTP/1.1\r\nX: a\x7fz\r\n\r\n",
    "GET / HTTP/1.1\r\nX Y: a\r\n\r\n",
    "GET / HTTP/1.1\r\n: a\r\n\r\n",
    "GET / HTTP/1.1\r\nno colon\r\n\r\n",
    "GET / HTTP/1.2\r\n\r\n",
    "GET / HTTP/2.0\r\n\r\n",
    "GET / HTTP/1.\r\n\r\n",
    "GET /\r\n\r\n",
    "GET / RTSP/1.1\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET  HTTP/1.1\r\n\r\n",
    "GET /a b HTTP/1.1\r\n\r\n",
    "G@T / HTTP/1.1\r\n\r\n",
    "HTTP/1.1 200 OK\r\n\r\n",
    "\x16\x03\x01\x02\x01\x01",
};

static void test_malformed_heads(void) {
    check_that("what is not HTTP/1 as RFC 9112 has it is refused, however it is cut");
    ar_limits_t limits = limits_default();
    bench_t bench;
    bench_open(&bench, &limits);
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        for (int whole = 0; whole < 2; whole++) {
            feed_text(&bench, malformed[i], whole ? strlen(malformed[i]) : 0);
            served_t *served = &bench.served;
            bool refused = served->ends == 1 && served->end_reason == AR_END_MALFORMED &&
                           served->requests == 0 && served->end_detail[0] != '\0';
            if (!CHECK(refused)) fprintf(stderr, "%s", malformed[i]);
            bench_renew(&bench);
        }
    }
    feed(&bench, "GET / HTTP/1.1\r\nX: a\0z\r\n\r\n", 27, 27);
    CHECK(bench.served.end_reason == AR_END_MALFORMED);
    bench_close(&bench);
}

static void test_malformed_is_answered(void) {
    check_that("a malformed request can still be answered");
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t answer = {0};
    bench_open(&bench, &limits);
    feed_text(&bench, malformed[0], strlen(malformed[0]));
    served_reply(&bench.served, "HTTP/1.1 400 Bad Request\r\n\r\n");
    ar_conn_finish_and_close(bench.served.conn);
    settle(bench.loop);
    CHECK(!peer_read(bench.peer, &answer, 1000));
    CHECK(buffer_reads(&answer, "HTTP/1.1 400 Bad Request\r\n\r\n"));
    buffer_free(&answer);
    bench_close(&bench);
}

/* ---- limits ------------------------------------------------------------------------------------- */

/* A head of exactly `count` bytes. */
static void head_of(buffer_t *text, size_t count) {
    text->count = 0;
    buffer_text(text, "GET / HTTP/1.1\r\nX: ");
    while (text->count < count - 4) buffer_text(text, "y");
    buffer_text(text, "\r\n\r\n");
}

static void test_head_limit(void) {
    check_that("a head of the limit's size is read, one byte more is refused");
    ar_limits_t limits = limits_default();
    limits.head_bytes = 100;
    bench_t bench;
    buffer_t text = {0};
    bench_open(&bench, &limits);
    for (size_t cut = 0; cut < 101; cut++) {
        head_of(&text, 100);
        feed(&bench, text.bytes, 100, cut);
        CHECK(bench.served.requests == 1 && bench.served.ends == 0);
        bench_renew(&bench);
        head_of(&text, 101);
        feed(&bench, text.bytes, 101, cut);
        CHECK(bench.served.heads == 0 && bench.served.end_reason == AR_END_HEAD_TOO_LARGE);
        bench_renew(&bench);
        feed(&bench, text.bytes, 97, cut); /* no end in sight, but it may yet come */
        CHECK(bench.served.heads == 0 && bench.served.ends == 0);
        bench_renew(&bench);
    }
    head_of(&text, 100);
    buffer_text(&text, "GET / HTTP/1.1\r\n\r\n"); /* the limit is one head's, not a read's */
    bench.served.reply = true;
    feed(&bench, text.bytes, text.count, text.count);
    CHECK(bench.served.requests == 2 && bench.served.ends == 0);
    buffer_free(&text);
    bench_close(&bench);
}

static void test_field_limit(void) {
    check_that("as many fields as are allowed are read, one more is refused");
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t text = {0};
    bench_open(&bench, &limits);
    for (unsigned count = AR_MAX_FIELDS; count <= AR_MAX_FIELDS + 1; count++) {
        text.count = 0;
        buffer_text(&text, "GET / HTTP/1.1\r\n");
        for (unsigned i = 0; i < count; i++) buffer_print(&text, "f%u: v%u\r\n", i, i);
        buffer_text(&text, "\r\n");
        for (size_t cut = 15; cut < text.count; cut += text.count / 10) {
            feed(&bench, text.bytes, text.count, cut);
            served_t *served = &bench.served;
            if (count == AR_MAX_FIELDS) {
                CHECK(served->requests == 1 && served->head.field_count == AR_MAX_FIELDS);
                CHECK(served_has(served, 0, "f0", "v0") && served_has(served, 511, "f511", "v511"));
            } else {
                CHECK(served->heads == 0 && served->end_reason == AR_END_HEAD_TOO_LARGE);
            }
            bench_renew(&bench);
        }
    }
    buffer_free(&text);
    bench_close(&bench);
}

static void test_body_limit(void) {
    check_that("a body of the limit's size is gathered, one byte more is refused");
    static const struct {
        const char *text, *body;
    } requests[] = {
        {POST_HEAD "Content-Length: 8\r\n\r\n12345678", "12345678"},
        {POST_HEAD "Content-Length: 9\r\n\r\n", NULL},
        {POST_HEAD "Content-Length: 18446744073709551615\r\n\r\n", NULL},
        {POST_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\n5\r\n45678\r\n0\r\n\r\n",
         "12345678"},
        {POST_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\n6\r\n456789", NULL},
    };
    ar_limits_t limits = limits_default();
    limits.body_bytes = 8;
    bench_t bench;
    bench_open(&bench, &limits);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        for (size_t cut = 0; cut <= strlen(requests[i].text); cut++) {
            feed_text(&bench, requests[i].text, cut);
            served_t *served = &bench.served;
            if (requests[i].body != NULL) {
                CHECK(served->requests == 1 && buffer_reads(&served->body, requests[i].body));
            } else {
                CHECK(served->requests == 0 && served->end_reason == AR_END_BODY_TOO_LARGE);
            }
            bench_renew(&bench);
        }
    }
    bench_close(&bench);
}

/* ---- chunked bodies ----------------------------------------------------------------------------- */

static void test_chunked_cut_anywhere(void) {
    check_that(
        "a chunked body reads the same wherever the reads end, and the next request follows");
    static const char text[] = POST_HEAD
        "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
        "4\r\nWiki\r\n005;name=\"v\"\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n"
        "0\r\nX-T: 1\r\n\r\nPUT /next HTTP/1.1\r\n\r\n";
    ar_limits_t limits = limits_default();
    bench_t bench;
    bench_open(&bench, &limits);
    for (size_t cut = 0; cut < sizeof text; cut++) {
        bench.served.reply = true;
        feed(&bench, text, sizeof text - 1, cut);
        CHECK(bench.served.requests == 2 && bench.served.ends == 0);
        CHECK(buffer_reads(&bench.served.bodies, "Wikipedia in\r\n\r\nchunks.||"));
        CHECK(bench.served.head.field_count == 0 && bench.served.head.method_count == 3);
        bench_renew(&bench);
    }
    bench_close(&bench);
}

static void test_bad_chunks(void) {
    check_that("a bad chunk is refused, however it is cut");
    static const char *const bad[] = {
        "g\r\n",
        "4 \r\nabcd\r\n",
        "\r\n",
        "4\nabcd\r\n",
        "4\r\nabcde\r\n",
        "4\r\nabcd\n0\r\n",
        "-1\r\n",
        "0x4\r\nabcd\r\n",
        "10000000000000000\r\n",
        "0\r\nX Y: 1\r\n\r\n",
    };
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t text = {0};
    bench_open(&bench, &limits);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        text.count = 0;
        buffer_print(&text, POST_HEAD "Transfer-Encoding: chunked\r\n\r\n%s", bad[i]);
        for (size_t cut = 0; cut <= text.count; cut++) {
            feed(&bench, text.bytes, text.count, cut);
            bool refused = bench.served.requests == 0 &&
                           bench.served.end_reason == AR_END_MALFORMED;
            if (!CHECK(refused)) fprintf(stderr, "%s", bad[i]);
            bench_renew(&bench);
        }
    }
    buffer_free(&text);
    bench_close(&bench);
}

static void test_continue(void) {
    check_that("100 Continue goes to who waits for it, and to nobody else");
    static const struct {
        const char *text;
        bool continues;
    } requests[] = {
        {POST_HEAD "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", true},
        {POST_HEAD "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", true},
        {POST_HEAD "Expect: 100-continue\r\nContent-Length: 2\r\n\r\na", false},
        {POST_HEAD "Expect: 100-continue\r\n\r\n", false},
        {POST_HEAD "Content-Length: 2\r\n\r\n", false},
        {"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", false},
    };
    ar_limits_t limits = limits_default();
    bench_t bench;
    buffer_t answer = {0};
    bench_open(&bench, &limits);
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        feed_text(&bench, requests[i].text, strlen(requests[i].text));
        answer.count = 0;
        CHECK(peer_read(bench.peer, &answer, 1000));
        CHECK(buffer_reads(&answer, requests[i].continues ? "HTTP/1.1 100 Continue\r\n\r\n" : ""));
        bench_renew(&bench);
    }
    buffer_free(&answer);
    bench_close(&bench);
}

int main(void) {
    test_head_cut_anywhere();
    test_head_flags();
    test_malformed_heads();
    test_malformed_is_answered();
    test_head_limit();
    test_field_limit();
    test_body_limit();
    test_chunked_cut_anywhere();
    test_bad_chunks();
    test_continue();
    return check_end();
}
