/* Deltas that the caller need not see go on unseen, many in one write, and everything else is seen:
 * however the stream is cut into reads. */
#include "io_exchange.h"

#define DELTA(text) "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}\n\n"

#define END "event: end\ndata: {\"b\":\"the second event of its chunk\"}\n\n"

typedef struct {
    const char *text;
    const char *due; /* what of it the caller must see, however it is cut; NULL for nothing */
} event_t;

#define SEEN(text) \
    { text, text }

/* Each a chunk of its own. The first is seen, whatever it is. */
static const event_t events[] = {
    SEEN(DELTA("first")),
    {DELTA("second"), NULL},
    {DELTA("long enough for several steps of the search, and so that the last one overlaps"), NULL},
    {"event: content_block_delta\ndata: {\"delta\":{\"text\":\"usage: error\"}}\n\n", NULL},
    {"data: {\"usage\":null,\"choices\":[]}\n\n", NULL},
    {DELTA("\\\"usage\\\":1"), NULL},
    {DELTA("first of two") END, END},
    {DELTA("after two"), NULL},
    SEEN("data: {\"lines\":1,\ndata: \"of\":2}\n\n"),
    SEEN("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":21,\"completion_tokens\":190}}\n\n"),
    {DELTA("after usage"), NULL},
    SEEN("event: error\ndata: {\"message\":\"no\"}\n\n"),
    SEEN(": a comment\n\n"),
    {DELTA("before the end"), NULL},
    SEEN("data: [DONE]\n\n"),
};
enum { EVENTS = sizeof events / sizeof *events };

static const int flags = AR_RELAY_EVENTS | AR_RELAY_OBSERVE | AR_RELAY_SKIP_DELTAS;
static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

static void add_chunk(buffer_t *out, const char *text) {
    buffer_print(out, "%zx\r\n%s\r\n", strlen(text), text);
}

/* The stream as the provider frames it, as it is, and what of it matters. */
static void make_stream(buffer_t *framed, buffer_t *body, buffer_t *due) {
    for (int i = 0; i < EVENTS; i++) {
        add_chunk(framed, events[i].text);
        buffer_text(body, events[i].text);
        if (events[i].due != NULL) buffer_text(due, events[i].text);
    }
    buffer_text(framed, "0\r\n\r\n");
}

static bool sees_all_that_matters(const buffer_t *seen) {
    size_t at = 0;
    for (int i = 0; i < EVENTS; i++) {
        if (events[i].due == NULL) continue;
        size_t count = strlen(events[i].due);
        const uint8_t *found = memmem(seen->bytes + at, seen->count - at, events[i].due, count);
        if (found == NULL) return false;
        at = (size_t)(found - seen->bytes) + count;
    }
    return true;
}

static void check_reads(house_t *house, size_t first, size_t second) {
    relay_t relay;
    buffer_t framed = {0}, body = {0}, due = {0};
    make_stream(&framed, &body, &due);
    relay_open(&relay, house, AR_RELAY_RAW, flags);
    relay.exchange.keeps = true;
    relay_send(&relay, head, sizeof head - 1);
    relay_send(&relay, framed.bytes, first);
    relay_send(&relay, framed.bytes + first, second - first);
    relay_send(&relay, framed.bytes + second, framed.count - second);
    relay_receive(&relay, SIZE_MAX);
    CHECK(relay.exchange.completes == 1);
    CHECK(ar_conn_relay_count(relay.exchange.source) == body.count);
    if (!CHECK(buffer_is(&relay.received, framed.bytes, framed.count) &&
               sees_all_that_matters(&relay.exchange.body))) {
        fprintf(stderr, "cut at %zu and %zu\n", first, second);
    }
    buffer_free(&framed);
    buffer_free(&body);
    buffer_free(&due);
    relay_close(&relay);
}

static void test_any_reads(void) {
    check_that(
        "a stream of deltas arrives as it is, and all that matters is seen, wherever it is cut");
    ar_limits_t limits = limits_default();
    buffer_t framed = {0}, body = {0}, due = {0};
    house_t house;
    house_open(&house, &limits);
    make_stream(&framed, &body, &due);
    srand(2);
    for (size_t cut = 0; cut <= framed.count; cut++) {
        check_reads(&house, cut, cut);
        check_reads(&house, cut, cut + (size_t)rand() % (framed.count - cut + 1));
    }
    buffer_free(&framed);
    buffer_free(&body);
    buffer_free(&due);
    house_close(&house);
}

static void test_whole_chunks(void) {
    check_that(
        "of events that come whole, one by one, the caller sees those that matter and no other");
    ar_limits_t limits = limits_default();
    buffer_t framed = {0}, body = {0}, due = {0};
    relay_t relay;
    house_t house;
    house_open(&house, &limits);
    make_stream(&framed, &body, &due);
    relay_open(&relay, &house, AR_RELAY_RAW, flags);
    relay_send(&relay, head, sizeof head - 1);
    for (int i = 0; i < EVENTS; i++) {
        buffer_t chunk = {0};
        add_chunk(&chunk, events[i].text);
        relay_send(&relay, chunk.bytes, chunk.count);
        buffer_free(&chunk);
    }
    CHECK(buffer_is(&relay.exchange.body, due.bytes, due.count));
    buffer_free(&framed);
    buffer_free(&body);
    buffer_free(&due);
    relay_close(&relay);
    house_close(&house);
}

static void test_one_write(void) {
    check_that("deltas that come in one read go on in one write, and none is seen");
    ar_limits_t limits = limits_default();
    ar_loop_counters_t before, after;
    buffer_t batch = {0};
    relay_t relay;
    house_t house;
    house_open(&house, &limits);
    relay_open(&relay, &house, AR_RELAY_RAW, flags);
    add_chunk(&batch, events[0].text);
    relay_send(&relay, head, sizeof head - 1);
    relay_send(&relay, batch.bytes, batch.count);
    batch.count = 0;
    for (int i = 0; i < 64; i++) add_chunk(&batch, events[2].text);
    ar_loop_counters(house.loop, &before);
    relay_send(&relay, batch.bytes, batch.count);
    ar_loop_counters(house.loop, &after);
    CHECK(after.reads - before.reads == 1 && after.writes - before.writes == 1);
    CHECK(buffer_is(&relay.exchange.body, (const uint8_t *)events[0].text, strlen(events[0].text)));
    buffer_free(&batch);
    relay_close(&relay);
    house_close(&house);
}

static void test_abort(void) {
    check_that("a stream of deltas cut at any byte ends in whole events and the abort's bytes");
    ar_limits_t limits = limits_default();
    buffer_t framed = {0}, body = {0}, due = {0};
    house_t house;
    house_open(&house, &limits);
    make_stream(&framed, &body, &due);
    for (size_t cut = 0; cut < framed.count; cut++) {
        relay_t relay;
        size_t part = cut > 300 ? 300 : cut; /* in two reads: the second may be all deltas */
        relay_open(&relay, &house, AR_RELAY_RAW, flags);
        relay_send(&relay, head, sizeof head - 1);
        relay_send(&relay, framed.bytes, part);
        relay_send(&relay, framed.bytes + part, cut - part);
        relay_cut(&relay);
        relay_receive(&relay, SIZE_MAX);
        chunked_t sent = chunked_read(framed.bytes, cut);
        chunked_t read = chunked_read(relay.received.bytes, relay.received.count);
        buffer_t expected = {0};
        buffer_add(&expected, body.bytes, events_end(body.bytes, sent.body.count, '\n'));
        buffer_text(&expected, ABORT_BYTES);
        CHECK(relay.ended && read.valid && !read.whole);
        if (!CHECK(buffer_is(&read.body, expected.bytes, expected.count)))
            fprintf(stderr, "cut at %zu\n", cut);
        buffer_free(&sent.body);
        buffer_free(&read.body);
        buffer_free(&expected);
        relay_close(&relay);
    }
    buffer_free(&framed);
    buffer_free(&body);
    buffer_free(&due);
    house_close(&house);
}

int main(void) {
    test_any_reads();
    test_whole_chunks();
    test_one_write();
    test_abort();
    return check_end();
}
