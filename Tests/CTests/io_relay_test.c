/* The relay's promises on every kind of body: an event goes on whole, at once and unchanged, and what
 * is cut looks cut. */
#include "io_exchange.h"

/* A body on its way: as the provider frames it, and how the relay does. */
typedef struct {
    const char *name;
    int source, relay;
    size_t chunk; /* the size of the provider's chunks; 0 for one */
} way_t;

static const way_t ways[] = {
    {"one chunk, raw", AR_BODY_CHUNKED, AR_RELAY_RAW, 0},
    {"chunks of 1, raw", AR_BODY_CHUNKED, AR_RELAY_RAW, 1},
    {"chunks of 7, raw", AR_BODY_CHUNKED, AR_RELAY_RAW, 7},
    {"chunks of 20, raw", AR_BODY_CHUNKED, AR_RELAY_RAW, 20},
    {"chunks of 7, plain", AR_BODY_CHUNKED, AR_RELAY_PLAIN, 7},
    {"one chunk, plain", AR_BODY_CHUNKED, AR_RELAY_PLAIN, 0},
    {"length, raw", AR_BODY_LENGTH, AR_RELAY_RAW, 0},
    {"length, plain", AR_BODY_LENGTH, AR_RELAY_PLAIN, 0},
    {"to end, raw", AR_BODY_TO_END, AR_RELAY_RAW, 0},
    {"to end, chunked", AR_BODY_TO_END, AR_RELAY_CHUNKED, 0},
    {"to end, plain", AR_BODY_TO_END, AR_RELAY_PLAIN, 0},
};
enum { WAYS = sizeof ways / sizeof *ways };

static bool arrives_chunked(const way_t *way) {
    return way->relay == AR_RELAY_CHUNKED ||
           (way->relay == AR_RELAY_RAW && way->source == AR_BODY_CHUNKED);
}

/* `body` as the provider sends it, without the head, which is put into `head`. */
static buffer_t framed(const way_t *way, const buffer_t *body, buffer_t *head) {
    buffer_t out = {0};
    buffer_text(head, "HTTP/1.1 200 OK\r\n");
    if (way->source == AR_BODY_CHUNKED) buffer_text(head, "Transfer-Encoding: chunked\r\n");
    if (way->source == AR_BODY_LENGTH) buffer_print(head, "Content-Length: %zu\r\n", body->count);
    buffer_text(head, "\r\n");
    if (way->source == AR_BODY_CHUNKED) {
        chunks_of(&out, body, way->chunk);
    } else {
        buffer_add(&out, body->bytes, body->count);
    }
    return out;
}

/* How many bytes of the body the first `count` framed ones hold. */
static size_t body_within(const way_t *way, const buffer_t *framed, size_t count) {
    if (way->source != AR_BODY_CHUNKED) return count;
    chunked_t read = chunked_read(framed->bytes, count);
    size_t result = read.body.count;
    buffer_free(&read.body);
    return result;
}

/* The body as the client has it so far, and whether its framing says that it is whole. */
static chunked_t unframed(const way_t *way, const relay_t *relay) {
    if (arrives_chunked(way)) return chunked_read(relay->received.bytes, relay->received.count);
    chunked_t plain = {.valid = true, .whole = relay->ended};
    buffer_add(&plain.body, relay->received.bytes, relay->received.count);
    return plain;
}

static const char *const streams[] = {
    "event: a\ndata: {\"x\":1}\n\n: ping\n\ndata: b\ndata: c\n\nid: 7\n\n",
    "data: a\r\n\r\n:\r\n\r\ndata: b\r\nid: 1\r\n\r\n",
    "\n\ndata: a\n\n\n\ndata: b\r\n\r\ndata: c\n\r\ndata: d\n\n",
    "data: a\n\ndata: no end",
};
enum { STREAMS = sizeof streams / sizeof *streams };

/* ---- whole events ------------------------------------------------------------------------------- */

static void check_cut(house_t *house, const way_t *way, const char *stream, size_t cut,
                      bool head_apart) {
    relay_t relay;
    buffer_t body = {0}, head = {0};
    buffer_text(&body, stream);
    buffer_t bytes = framed(way, &body, &head);
    relay_open(&relay, house, way->relay, AR_RELAY_EVENTS | AR_RELAY_OBSERVE);
    if (head_apart) {
        relay_send(&relay, head.bytes, head.count);
        head.count = 0;
    }
    buffer_add(&head, bytes.bytes, cut);
    relay_send(&relay, head.bytes, head.count);
    relay_receive(&relay, SIZE_MAX);
    size_t within = body_within(way, &bytes, cut);
    bool all = way->source != AR_BODY_TO_END && cut == bytes.count;
    chunked_t part = unframed(way, &relay);
    CHECK(relay.has_head && part.valid);
    size_t due = all ? body.count : events_end(body.bytes, within, '\n');
    CHECK(buffer_is(&part.body, body.bytes, due));
    CHECK(buffer_is(&relay.exchange.body, body.bytes, within));
    relay_send(&relay, bytes.bytes + cut, bytes.count - cut);
    if (way->source == AR_BODY_TO_END) relay_cut(&relay);
    relay_receive(&relay, SIZE_MAX);
    chunked_t whole = unframed(way, &relay);
    bool same = whole.valid && whole.whole && buffer_is(&whole.body, body.bytes, body.count);
    if (!CHECK(same)) fprintf(stderr, "%s, cut at %zu: %s\n", way->name, cut, stream);
    if (way->relay == AR_RELAY_RAW) CHECK(buffer_is(&relay.received, bytes.bytes, bytes.count));
    CHECK(relay.ended && relay.exchange.completes == 1 && relay.exchange.ends == 0);
    CHECK(buffer_is(&relay.exchange.body, body.bytes, body.count));
    buffer_free(&part.body);
    buffer_free(&whole.body);
    buffer_free(&body);
    buffer_free(&head);
    buffer_free(&bytes);
    relay_close(&relay);
}

static size_t framed_count(const way_t *way, const char *stream) {
    buffer_t body = {0}, head = {0};
    buffer_text(&body, stream);
    buffer_t bytes = framed(way, &body, &head);
    size_t count = bytes.count;
    buffer_free(&body);
    buffer_free(&head);
    buffer_free(&bytes);
    return count;
}

static void test_events_are_whole(void) {
    check_that("an event goes on when it is whole, never in part, wherever it is cut");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    for (int way = 0; way < WAYS; way++) {
        for (int stream = 0; stream < STREAMS; stream++) {
            size_t count = framed_count(&ways[way], streams[stream]);
            for (size_t cut = 0; cut <= count; cut++) {
                check_cut(&house, &ways[way], streams[stream], cut, true);
                check_cut(&house, &ways[way], streams[stream], cut, false);
            }
        }
    }
    house_close(&house);
}

/* ---- the abort ---------------------------------------------------------------------------------- */

static void check_abort(house_t *house, const way_t *way, const char *stream, size_t cut,
                        const char *garbage) {
    relay_t relay;
    buffer_t body = {0}, head = {0}, expected = {0};
    buffer_text(&body, stream);
    buffer_t bytes = framed(way, &body, &head);
    relay_open(&relay, house, way->relay, AR_RELAY_EVENTS);
    relay.exchange.to_end_is_cut = true;
    relay_send(&relay, head.bytes, head.count);
    head.count = 0;
    buffer_add(&head, bytes.bytes, cut);
    if (garbage != NULL) buffer_text(&head, garbage);
    relay_send(&relay, head.bytes, head.count);
    if (garbage == NULL) relay_cut(&relay);
    relay_receive(&relay, SIZE_MAX);
    size_t events = events_end(body.bytes, body_within(way, &bytes, cut), '\n');
    buffer_add(&expected, body.bytes, events);
    bool room = way->source != AR_BODY_LENGTH || strlen(ABORT_BYTES) < body.count - events;
    if (room) buffer_text(&expected, ABORT_BYTES);
    chunked_t read = unframed(way, &relay);
    bool as_told = relay.has_head && relay.ended && read.valid &&
                   buffer_is(&read.body, expected.bytes, expected.count) &&
                   !(arrives_chunked(way) && read.whole);
    if (!CHECK(as_told)) {
        fprintf(stderr, "%s, cut at %zu: %s\ngot: %.*s\n", way->name, cut, stream,
                (int)relay.received.count, relay.received.bytes);
    }
    CHECK(relay.exchange.ends == (way->source != AR_BODY_TO_END));
    if (relay.exchange.ends == 1) {
        CHECK(relay.exchange.end_reason == (garbage ? AR_END_MALFORMED : AR_END_TRUNCATED));
    }
    buffer_free(&read.body);
    buffer_free(&expected);
    buffer_free(&body);
    buffer_free(&head);
    buffer_free(&bytes);
    relay_close(&relay);
}

static void test_abort_anywhere(void) {
    check_that("a stream cut at any byte ends in whole events, the abort's bytes, and no end");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    for (int way = 0; way < WAYS; way++) {
        for (int stream = 0; stream < STREAMS; stream++) {
            size_t count = framed_count(&ways[way], streams[stream]);
            for (size_t cut = 0; cut < count; cut++) {
                check_abort(&house, &ways[way], streams[stream], cut, NULL);
            }
        }
    }
    house_close(&house);
}

static void test_broken_framing(void) {
    check_that("whole events before a broken chunk go on, and then the abort's bytes");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    /* Where a chunk's size is due: at the start, and behind the first chunk of 7. */
    check_abort(&house, &ways[0], streams[0], 0, "zz\r\n");
    check_abort(&house, &ways[2], streams[0], 12, "zz\r\n");
    check_abort(&house, &ways[3], streams[0], 26, "zz\r\n");
    check_abort(&house, &ways[3], streams[0], 52, "zz\r\n");
    check_abort(&house, &ways[4], streams[0], 12, "zz\r\n");
    house_close(&house);
}

static void test_abort_of_nothing(void) {
    check_that("where nothing has gone on, the abort adds nothing and says so");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    relay_t relay;
    relay_open(&relay, &house, AR_RELAY_RAW, AR_RELAY_EVENTS);
    peer_say(relay.upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chu");
    relay_cut(&relay);
    relay_receive(&relay, SIZE_MAX);
    CHECK(relay.exchange.ends == 1 && !relay.exchange.started && relay.received.count == 0);
    relay_close(&relay);
    house_close(&house);
}

static void test_without_events(void) {
    check_that("a body that is no event stream goes on as it comes, and a cut adds nothing to it");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    for (int way = 0; way < WAYS; way++) {
        buffer_t body = {0}, head = {0};
        buffer_text(&body, "{\"a\":[1,2,3],\"b\":\"a longer value, so that the abort would fit\"}");
        buffer_t bytes = framed(&ways[way], &body, &head);
        for (size_t cut = 0; cut < bytes.count; cut++) {
            relay_t relay;
            relay_open(&relay, &house, ways[way].relay, 0);
            relay_send(&relay, head.bytes, head.count);
            relay_send(&relay, bytes.bytes, cut);
            relay_receive(&relay, SIZE_MAX);
            size_t within = body_within(&ways[way], &bytes, cut);
            chunked_t part = unframed(&ways[way], &relay);
            CHECK(part.valid && buffer_is(&part.body, body.bytes, within));
            relay.exchange.to_end_is_cut = true;
            relay_cut(&relay);
            relay_receive(&relay, SIZE_MAX);
            chunked_t cut_off = unframed(&ways[way], &relay);
            bool nothing_added = cut_off.valid && buffer_is(&cut_off.body, body.bytes, within) &&
                                 !(arrives_chunked(&ways[way]) && cut_off.whole);
            if (!CHECK(nothing_added)) fprintf(stderr, "%s, cut at %zu\n", ways[way].name, cut);
            buffer_free(&part.body);
            buffer_free(&cut_off.body);
            relay_close(&relay);
        }
        buffer_free(&body);
        buffer_free(&head);
        buffer_free(&bytes);
    }
    house_close(&house);
}

/* ---- carriage returns --------------------------------------------------------------------------- */

static void test_lone_returns(void) {
    check_that(
        "events whose lines end in a lone CR go on whole, and none waits for the next but one");
    const way_t *way = &ways[6];
    static const char stream[] = "data: a\r\rdata: b\r\rdata: c\rid: 2\r\rdata: d\r\r";
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    for (size_t cut = 0; cut < sizeof stream; cut++) {
        relay_t relay;
        buffer_t body = {0}, head = {0};
        buffer_text(&body, stream);
        buffer_t bytes = framed(way, &body, &head);
        relay_open(&relay, &house, way->relay, AR_RELAY_EVENTS);
        relay_send(&relay, head.bytes, head.count);
        relay_send(&relay, bytes.bytes, cut);
        relay_receive(&relay, SIZE_MAX);
        CHECK(relay.received.count == events_end(body.bytes, cut, '\r'));
        relay_send(&relay, bytes.bytes + cut, bytes.count - cut);
        relay_receive(&relay, SIZE_MAX);
        CHECK(buffer_is(&relay.received, bytes.bytes, bytes.count));
        buffer_free(&body);
        buffer_free(&head);
        buffer_free(&bytes);
        relay_close(&relay);
    }
    house_close(&house);
}

int main(void) {
    test_events_are_whole();
    test_abort_anywhere();
    test_broken_framing();
    test_abort_of_nothing();
    test_without_events();
    test_lone_returns();
    return check_end();
}
