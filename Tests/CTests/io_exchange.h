/* A client connection's events on record, relayed to a server connection when there is one; both over
 * socket pairs whose other ends, the provider and the client, are the test's. */
#ifndef IO_EXCHANGE_H
#define IO_EXCHANGE_H

#include "io_served.h"

#define RELAYED_HEAD "HTTP/1.1 200 OK\r\nX-Relayed: 1\r\n\r\n"
#define ABORT_BYTES  "event: error\ndata: {}\n\n"

typedef struct exchange {
    ar_conn_t *source;
    served_t *receiver; /* NULL: the body is taken by on_body */
    int framing, flags; /* of the relay */
    bool to_end_is_cut; /* a body that ends with its connection is judged to be cut */
    bool keeps;         /* a complete exchange's connection stays with the test */
    bool started;       /* ar_conn_relay_started at the end */
    unsigned ready, reused, heads, completes, drained, ends, closes;
    int end_reason, end_system;
    uint16_t status;
    uint8_t head_framing;
    uint32_t field_count;
    buffer_t body;
    void (*on_ready)(struct exchange *exchange);
    void (*on_body)(struct exchange *exchange);
} exchange_t;

static inline int exchange_head(void *ctx, const ar_head_t *head) {
    exchange_t *exchange = ctx;
    exchange->heads++;
    exchange->status = head->status;
    exchange->head_framing = head->framing;
    exchange->field_count = head->field_count;
    if (exchange->receiver != NULL && exchange->receiver->conn != NULL) {
        ar_conn_relay(exchange->source, exchange->receiver->conn, slice_of(RELAYED_HEAD),
                      exchange->framing, exchange->flags);
    }
    return 0;
}

static inline void exchange_request(void *ctx, ar_slice_t body) {
    (void)ctx;
    (void)body;
    CHECK(!"a client connection does not call on_request");
}

static inline void exchange_body(void *ctx, ar_slice_t bytes) {
    exchange_t *exchange = ctx;
    CHECK(bytes.count > 0);
    buffer_add(&exchange->body, bytes.bytes, bytes.count);
    if (exchange->on_body != NULL) exchange->on_body(exchange);
}

static inline void exchange_finish_receiver(exchange_t *exchange) {
    if (exchange->receiver != NULL && exchange->receiver->conn != NULL) {
        ar_conn_finish_and_close(exchange->receiver->conn);
    }
}

static inline void exchange_complete(void *ctx) {
    exchange_t *exchange = ctx;
    exchange->completes++;
    if (exchange->head_framing == AR_BODY_TO_END) {
        if (exchange->to_end_is_cut) {
            ar_conn_relay_abort(exchange->source, slice_of(ABORT_BYTES));
        } else {
            ar_conn_relay_finish(exchange->source);
        }
    }
    exchange_finish_receiver(exchange);
    if (!exchange->keeps) ar_conn_release(exchange->source);
}

static inline void exchange_ready(void *ctx, int reused) {
    exchange_t *exchange = ctx;
    exchange->ready++;
    exchange->reused += reused != 0;
    if (exchange->on_ready != NULL) exchange->on_ready(exchange);
}

static inline void exchange_drained(void *ctx) { ((exchange_t *)ctx)->drained++; }

static inline void exchange_end(void *ctx, const ar_end_t *end) {
    exchange_t *exchange = ctx;
    exchange->ends++;
    exchange->end_reason = end->reason;
    exchange->end_system = end->system;
    exchange->started = ar_conn_relay_started(exchange->source) != 0;
    CHECK(end->detail[0] != '\0');
    if (exchange->started) ar_conn_relay_abort(exchange->source, slice_of(ABORT_BYTES));
    exchange_finish_receiver(exchange);
    ar_conn_close(exchange->source);
}

static inline void exchange_closed(void *ctx) {
    exchange_t *exchange = ctx;
    exchange->closes++;
    exchange->source = NULL;
}

static const ar_conn_events_t exchange_events = {
    .on_head = exchange_head,
    .on_request = exchange_request,
    .on_body = exchange_body,
    .on_complete = exchange_complete,
    .on_ready = exchange_ready,
    .on_drained = exchange_drained,
    .on_end = exchange_end,
    .on_closed = exchange_closed,
};

static inline ar_origin_options_t options_default(uint16_t port) {
    return (ar_origin_options_t){.host = "127.0.0.1",
                                 .port = port,
                                 .connect_ms = 5000,
                                 .head_ms = 5000,
                                 .silence_ms = 5000,
                                 .pool_size = 2,
                                 .pool_idle_ms = 5000,
                                 .limits = limits_default()};
}

/* ---- a relay over socket pairs ------------------------------------------------------------------ */

typedef struct {
    ar_loop_t *loop;
    ar_shared_t *shared;
    ar_origin_t *origin;
} house_t; /* what many relays share */

typedef struct {
    house_t *house;
    served_t served;
    exchange_t exchange;
    int client, upstream; /* the test's ends */
    buffer_t received;    /* what the client has read, without RELAYED_HEAD */
    bool has_head;        /* and that came before it */
    bool ended;           /* the client has seen the connection's end */
} relay_t;

static inline void house_open(house_t *house, const ar_limits_t *limits) {
    ar_origin_options_t options = options_default(1);
    options.limits = *limits;
    options.pool_size = 0;
    house->loop = loop_open();
    house->shared = ar_shared_create(&served_events, limits);
    house->origin = ar_origin_create(house->loop, &options, &exchange_events);
}

static inline void house_close(house_t *house) {
    ar_loop_counters_t counters;
    settle(house->loop);
    ar_loop_counters(house->loop, &counters);
    CHECK(counters.connections == 0);
    ar_origin_free(house->origin);
    ar_shared_drop(house->shared);
    ar_loop_free(house->loop);
}

/* A client that waits for its answer and a provider that has been asked. */
static inline void relay_open(relay_t *relay, house_t *house, int framing, int flags) {
    *relay = (relay_t){.house = house};
    relay->served.conn = pair_server(house->loop, house->shared, &relay->served, &relay->client);
    relay->exchange.source = pair_client(house->origin, &relay->exchange, &relay->upstream);
    relay->exchange.receiver = &relay->served;
    relay->exchange.framing = framing;
    relay->exchange.flags = flags;
    peer_say(relay->client, "GET / HTTP/1.1\r\n\r\n");
    settle(house->loop);
    CHECK(relay->served.requests == 1);
    ar_conn_expect_response(relay->exchange.source, 0);
}

/* Sends as the provider, and lets the loop take it. */
static inline void relay_send(relay_t *relay, const void *bytes, size_t count) {
    if (count > 0) peer_send(relay->upstream, bytes, count);
    settle(relay->house->loop);
}

/* The provider's end: an orderly one at the socket's level. */
static inline void relay_cut(relay_t *relay) {
    shutdown(relay->upstream, SHUT_WR);
    settle(relay->house->loop);
}

/* Reads as the client, at most `limit` bytes. */
static inline void relay_receive(relay_t *relay, size_t limit) {
    relay->ended = !peer_read(relay->client, &relay->received, limit);
    size_t head = sizeof RELAYED_HEAD - 1;
    if (relay->has_head || relay->received.count < head) return;
    relay->has_head = memcmp(relay->received.bytes, RELAYED_HEAD, head) == 0;
    CHECK(relay->has_head);
    relay->received.count -= head;
    memmove(relay->received.bytes, relay->received.bytes + head, relay->received.count);
}

static inline void relay_close(relay_t *relay) {
    close(relay->client);
    close(relay->upstream);
    if (relay->served.conn != NULL) ar_conn_close(relay->served.conn);
    if (relay->exchange.source != NULL) ar_conn_close(relay->exchange.source);
    settle(relay->house->loop);
    CHECK(relay->served.closes == 1 && relay->exchange.closes == 1);
    CHECK(relay->served.ends <= 1 && relay->exchange.ends <= 1);
    served_free(&relay->served);
    buffer_free(&relay->exchange.body);
    buffer_free(&relay->received);
}

/* ---- bodies ------------------------------------------------------------------------------------- */

/* Adds `body` as chunks of `size` bytes (0: one of all), with the last chunk. */
static inline void chunks_of(buffer_t *out, const buffer_t *body, size_t size) {
    for (size_t at = 0; at < body->count;) {
        size_t count = size == 0 || size > body->count - at ? body->count - at : size;
        buffer_print(out, "%zx\r\n", count);
        buffer_add(out, body->bytes + at, count);
        buffer_text(out, "\r\n");
        at += count;
    }
    buffer_text(out, "0\r\n\r\n");
}

typedef struct {
    buffer_t body;
    bool valid; /* nothing in it is against the grammar, though it may be cut */
    bool whole; /* the last chunk is there, and nothing after it */
} chunked_t;

static inline int hex_digit(uint8_t byte) {
    const char *digits = "0123456789abcdef";
    const char *at = byte == 0 ? NULL : strchr(digits, byte | 0x20);
    return at == NULL ? -1 : (int)(at - digits);
}

/* Whether `text` stands at *at, or as much of it as there is; *at moves behind it. */
static inline bool takes(const uint8_t *bytes, size_t count, size_t *at, const char *text) {
    for (; *text != '\0' && *at < count; text++, (*at)++) {
        if (bytes[*at] != (uint8_t)*text) return false;
    }
    return true;
}

/* Reads a chunked body without extensions and trailers as strictly as can be. */
static inline chunked_t chunked_read(const uint8_t *bytes, size_t count) {
    chunked_t result = {.valid = true};
    size_t at = 0;
    while (at < count && result.valid && !result.whole) {
        size_t size = 0, digits = 0;
        for (; at < count && hex_digit(bytes[at]) >= 0; at++, digits++) {
            size = size * 16 + (size_t)hex_digit(bytes[at]);
        }
        result.valid = digits > 0 && digits < 15 && takes(bytes, count, &at, "\r\n");
        if (!result.valid || at == count) break;
        size_t part = size < count - at ? size : count - at;
        buffer_add(&result.body, bytes + at, part);
        at += part;
        if (part < size) break;
        size_t end = at;
        result.valid = takes(bytes, count, &at, "\r\n");
        result.whole = size == 0 && at == end + 2;
    }
    result.valid = result.valid && at == count;
    return result;
}

/* The end of the last event that is whole in the first `count` bytes of a stream whose lines end in
 * `line_end`: in LF, a CR before it or not, or in a lone CR. */
static inline size_t events_end(const uint8_t *bytes, size_t count, char line_end) {
    size_t end = 0, line = 0;
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != (uint8_t)line_end) {
            line += bytes[i] != '\r';
            continue;
        }
        if (line == 0 && i > 0) end = i + 1;
        line = 0;
    }
    return end;
}

#endif
