/* Relays whose ends are slow, long-winded or gone: what waits is bounded, and nothing is lost or torn. */
#include "io_exchange.h"

static ar_limits_t limits_small(void) {
    ar_limits_t limits = limits_default();
    limits.high_water = 65536;
    limits.low_water = 16384;
    return limits;
}

/* Events of `size` bytes each, no two alike, `total` bytes or a little more of them. */
static buffer_t events_of(size_t size, size_t total) {
    buffer_t body = {0};
    for (uint32_t i = 0; body.count < total; i++) {
        size_t end = body.count + size - 2;
        buffer_print(&body, "data: %08x", i);
        while (body.count < end)
            buffer_add(&body, &(uint8_t){(uint8_t)('a' + (body.count * 7 + i) % 26)}, 1);
        buffer_text(&body, "\n\n");
    }
    return body;
}

static const char chunked_head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/* ---- back-pressure ------------------------------------------------------------------------------ */

typedef struct {
    size_t sent; /* of the provider's bytes */
    size_t most_pending, most_slab_bytes;
    bool paused;
} flow_t;

/* Sends as the provider what the socket takes, and takes stock. */
static void push(relay_t *relay, const buffer_t *bytes, flow_t *flow) {
    ar_loop_counters_t counters;
    flow->sent += peer_send_some(relay->upstream, bytes->bytes + flow->sent,
                                 bytes->count - flow->sent);
    turn(relay->house->loop);
    ar_loop_counters(relay->house->loop, &counters);
    if (counters.slab_bytes > flow->most_slab_bytes) flow->most_slab_bytes = counters.slab_bytes;
    if (relay->served.conn != NULL && ar_conn_pending(relay->served.conn) > flow->most_pending) {
        flow->most_pending = ar_conn_pending(relay->served.conn);
    }
    if (relay->exchange.source != NULL && relay->exchange.source->paused) flow->paused = true;
}

/* Pushes until the provider's socket is full for good. */
static void push_until_full(relay_t *relay, const buffer_t *bytes, flow_t *flow) {
    for (int idle = 0; idle < 20;) {
        size_t before = flow->sent;
        push(relay, bytes, flow);
        idle = flow->sent == before ? idle + 1 : 0;
    }
}

static void check_slow_client(size_t event, size_t chunk, size_t sip) {
    ar_limits_t limits = limits_small();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    buffer_t body = events_of(event, 4 << 20), bytes = {0};
    buffer_text(&bytes, chunked_head);
    chunks_of(&bytes, &body, chunk);
    relay_open(&relay, &house, AR_RELAY_RAW, AR_RELAY_EVENTS);
    flow_t flow = {0};
    push_until_full(&relay, &bytes, &flow);
    CHECK(flow.paused && flow.sent < bytes.count);
    /* One read, and one event that was held back, may come on top. */
    CHECK(flow.most_pending <= limits.high_water + AR_SLAB_BYTES + AR_EVENT_HOLD_BYTES);
    CHECK(flow.most_slab_bytes < 1 << 20);
    uint64_t give_up = ar_clock_ns() + 20000000000u;
    while (!relay.ended && ar_clock_ns() < give_up) {
        relay_receive(&relay, sip);
        push(&relay, &bytes, &flow);
    }
    size_t head = sizeof chunked_head - 1;
    CHECK(relay.ended && buffer_is(&relay.received, bytes.bytes + head, bytes.count - head));
    CHECK(relay.exchange.completes == 1 && flow.most_slab_bytes < 1 << 20);
    relay_close(&relay);
    buffer_free(&body);
    buffer_free(&bytes);
    house_close(&house);
}

static void test_slow_client(void) {
    check_that("behind a slow client the provider waits, little is kept, and every byte arrives");
    check_slow_client(150, 150, 10007);
    check_slow_client(150, 4096, SIZE_MAX);
    check_slow_client(16384, 16384, 100003);
    check_slow_client(200000, 0, 30011);
}

static void test_wait_has_no_deadline(void) {
    check_that("while the client is waited for the provider's silence is not counted");
    ar_limits_t limits = limits_small();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    house.origin->options.silence_ms = 150;
    buffer_t body = events_of(1000, 4 << 20), bytes = {0};
    buffer_text(&bytes, chunked_head);
    chunks_of(&bytes, &body, 1000);
    relay_open(&relay, &house, AR_RELAY_RAW, AR_RELAY_EVENTS);
    flow_t flow = {0};
    push_until_full(&relay, &bytes, &flow);
    uint64_t start = ar_loop_now(house.loop);
    CHECK(TURN_UNTIL(house.loop, ar_loop_now(house.loop) - start > 500));
    CHECK(relay.exchange.ends == 0 && relay.exchange.source->paused);
    relay_receive(&relay, SIZE_MAX); /* it goes on, and then the silence is the provider's */
    CHECK(TURN_UNTIL(house.loop, (relay_receive(&relay, SIZE_MAX), relay.exchange.ends == 1)));
    CHECK(relay.exchange.end_reason == AR_END_TIMEOUT_BODY);
    relay_close(&relay);
    buffer_free(&body);
    buffer_free(&bytes);
    house_close(&house);
}

/* ---- events that are too long to be held -------------------------------------------------------- */

static void test_long_events(void) {
    check_that("an event too long to be held goes on in parts; cut inside, it is not completed");
    ar_limits_t limits = limits_default();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    for (int plain = 0; plain < 2; plain++) {
        for (int cut = 0; cut < 2; cut++) {
            buffer_t body = events_of(100000, 100000), bytes = {0};
            buffer_text(&body, "data: short\n\ndata: no");
            chunks_of(&bytes, &body, 30000);
            relay_open(&relay, &house, plain ? AR_RELAY_PLAIN : AR_RELAY_RAW, AR_RELAY_EVENTS);
            relay_send(&relay, chunked_head, sizeof chunked_head - 1);
            for (size_t at = 0; at < (cut ? 95000 : bytes.count - 5); at += 5000) {
                size_t left = bytes.count - 5 - at;
                relay_send(&relay, bytes.bytes + at, left < 5000 ? left : 5000);
                relay_receive(&relay, SIZE_MAX);
            }
            CHECK(relay.received.count > AR_EVENT_HOLD_BYTES);
            relay_cut(&relay);
            relay_receive(&relay, SIZE_MAX);
            chunked_t read = {.valid = true};
            if (plain) buffer_add(&read.body, relay.received.bytes, relay.received.count);
            if (!plain) read = chunked_read(relay.received.bytes, relay.received.count);
            CHECK(read.valid && !read.whole && relay.ended);
            size_t whole = 100000 + 13, aborts = sizeof ABORT_BYTES - 1;
            if (cut) {
                CHECK(read.body.count < 95000 &&
                      memcmp(read.body.bytes, body.bytes, read.body.count) == 0);
            } else if (CHECK(read.body.count == whole + aborts)) {
                CHECK(memcmp(read.body.bytes, body.bytes, whole) == 0);
                CHECK(memcmp(read.body.bytes + whole, ABORT_BYTES, aborts) == 0);
            }
            buffer_free(&read.body);
            buffer_free(&body);
            buffer_free(&bytes);
            relay_close(&relay);
        }
    }
    house_close(&house);
}

/* ---- ends that go ------------------------------------------------------------------------------- */

static void test_client_goes(void) {
    check_that("a client that goes is told of, and what its provider still sends is not kept");
    ar_limits_t limits = limits_small();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    buffer_t endless = {0};
    buffer_text(&endless, "HTTP/1.1 200 OK\r\n\r\ndata: a\n\ndata: ");
    while (endless.count < 4 << 20) buffer_text(&endless, "no end to this event");
    relay_open(&relay, &house, AR_RELAY_RAW, AR_RELAY_EVENTS);
    flow_t flow = {.sent = 0};
    buffer_t start = {.bytes = endless.bytes, .count = 40};
    push(&relay, &start, &flow);
    close(relay.client);
    relay.client = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(TURN_UNTIL(house.loop, relay.served.ends == 1));
    CHECK(relay.served.end_reason == AR_END_EOF || relay.served.end_reason == AR_END_RESET);
    ar_conn_close(relay.served.conn);
    CHECK(relay.exchange.source != NULL);
    push_until_full(&relay, &endless, &flow);
    ar_loop_counters_t counters;
    ar_loop_counters(house.loop, &counters);
    CHECK(counters.slab_bytes < 1 << 19);
    relay_close(&relay);
    buffer_free(&endless);
    house_close(&house);
}

static void test_closes_before_head(void) {
    check_that("either end may be closed when the response is about to come");
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    buffer_t body = events_of(40, 400), bytes = {0};
    buffer_text(&bytes, chunked_head);
    chunks_of(&bytes, &body, 40);
    for (int which = 0; which < 2; which++) {
        relay_t relay;
        relay_open(&relay, &house, AR_RELAY_RAW, AR_RELAY_EVENTS | AR_RELAY_OBSERVE);
        peer_send(relay.upstream, bytes.bytes, bytes.count);
        if (which == 0) ar_conn_close(relay.served.conn); /* the head comes when it is closing */
        if (which == 1) ar_conn_close(relay.exchange.source);
        settle(house.loop);
        CHECK(relay.exchange.completes == (which != 1));
        relay_close(&relay);
    }
    buffer_free(&body);
    buffer_free(&bytes);
    house_close(&house);
}

static void close_source(exchange_t *exchange) { ar_conn_close(exchange->source); }
static void close_receiver(exchange_t *exchange) { ar_conn_close(exchange->receiver->conn); }
static void detach(exchange_t *exchange) { ar_conn_relay_detach(exchange->source); }

static void test_closes_while_observed(void) {
    check_that("either end may be closed, or the relay detached, from on_body");
    static void (*const acts[])(exchange_t *) = {close_source, close_receiver, detach};
    static const int framings[] = {AR_RELAY_RAW, AR_RELAY_PLAIN};
    ar_limits_t limits = limits_default();
    house_t house;
    house_open(&house, &limits);
    buffer_t body = events_of(40, 400), bytes = {0};
    buffer_text(&bytes, chunked_head);
    chunks_of(&bytes, &body, 30);
    for (int act = 0; act < 3; act++) {
        for (int framing = 0; framing < 2; framing++) {
            relay_t relay;
            relay_open(&relay, &house, framings[framing], AR_RELAY_EVENTS | AR_RELAY_OBSERVE);
            relay.exchange.on_body = acts[act];
            relay_send(&relay, bytes.bytes, bytes.count);
            CHECK(relay.exchange.completes == (act != 0));
            relay_close(&relay);
        }
    }
    buffer_free(&body);
    buffer_free(&bytes);
    house_close(&house);
}

/* ---- borrowed bytes ----------------------------------------------------------------------------- */

static void test_borrowed(void) {
    check_that("borrowed bytes reach a slow reader from where they are, in order with copied ones");
    ar_limits_t limits = limits_small();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    buffer_t body = events_of(1000, 8 << 20), expected = {0}, got = {0};
    ar_slice_t slices[] = {
        slice_of("head|"), {body.bytes, body.count}, slice_of(""), slice_of("|tail|")};
    relay_open(&relay, &house, AR_RELAY_RAW, 0);
    ar_conn_t *conn = relay.exchange.source;
    CHECK(ar_conn_write(conn, slices, 4, 2) == 0);
    size_t waits = ar_conn_pending(conn);
    ar_loop_counters_t counters;
    ar_loop_counters(house.loop, &counters);
    CHECK(waits > 0 && counters.slab_bytes < 2 * AR_SLAB_BYTES);
    CHECK(ar_conn_write(conn, slices, 4, 2) == 0);
    CHECK(ar_conn_pending(conn) == waits + body.count + 11);
    CHECK(ar_conn_sent(conn) + ar_conn_pending(conn) == 2 * (body.count + 11));
    for (int i = 0; i < 2; i++) {
        for (int slice = 0; slice < 4; slice++)
            buffer_add(&expected, slices[slice].bytes, slices[slice].count);
    }
    CHECK(TURN_UNTIL(house.loop,
                     (peer_read(relay.upstream, &got, 50021), got.count == expected.count)));
    CHECK(buffer_is(&got, expected.bytes, expected.count));
    CHECK(TURN_UNTIL(house.loop, ar_conn_pending(conn) == 0 && relay.exchange.drained > 0));
    CHECK(ar_conn_sent(conn) == expected.count);
    relay_close(&relay);
    buffer_free(&body);
    buffer_free(&expected);
    buffer_free(&got);
    house_close(&house);
}

static void test_close_with_bytes_waiting(void) {
    check_that("what waits is dropped at a close, borrowed or not");
    ar_limits_t limits = limits_small();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    buffer_t body = events_of(1000, 4 << 20);
    ar_slice_t slices[] = {{body.bytes, body.count}, {body.bytes, body.count}};
    relay_open(&relay, &house, AR_RELAY_RAW, 0);
    CHECK(ar_conn_write(relay.exchange.source, slices, 2, 1) == 0);
    ar_conn_close(relay.exchange.source);
    ar_conn_close(relay.exchange.source);
    CHECK(ar_conn_write(relay.exchange.source, slices, 2, 1) == -1);
    buffer_free(&body); /* from the close on nobody looks at it */
    settle(house.loop);
    CHECK(relay.exchange.closes == 1);
    relay_close(&relay);
    house_close(&house);
}

static void test_many_small_writes(void) {
    check_that("many small writes to a slow reader share slabs and keep their order");
    ar_limits_t limits = limits_small();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    buffer_t expected = {0}, got = {0};
    relay_open(&relay, &house, AR_RELAY_RAW, 0);
    for (int i = 0; i < 100000; i++) {
        char text[24];
        ar_slice_t slices[2] = {{(uint8_t *)text, (size_t)snprintf(text, sizeof text, "%d;", i)},
                                slice_of("x\n")};
        CHECK(ar_conn_write_chunk(relay.exchange.source, slices, 2) == 0);
        buffer_print(&expected, "%zx\r\n%d;x\n\r\n", slices[0].count + 2, i);
    }
    ar_loop_counters_t counters;
    ar_loop_counters(house.loop, &counters);
    CHECK(counters.slab_bytes < 2 * expected.count + 4 * AR_SLAB_BYTES);
    CHECK(TURN_UNTIL(house.loop,
                     (peer_read(relay.upstream, &got, SIZE_MAX), got.count == expected.count)));
    CHECK(buffer_is(&got, expected.bytes, expected.count));
    relay_close(&relay);
    buffer_free(&expected);
    buffer_free(&got);
    house_close(&house);
}

int main(void) {
    test_slow_client();
    test_wait_has_no_deadline();
    test_long_events();
    test_client_goes();
    test_closes_before_head();
    test_closes_while_observed();
    test_borrowed();
    test_close_with_bytes_waiting();
    test_many_small_writes();
    return check_end();
}
