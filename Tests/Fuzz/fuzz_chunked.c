/* A relayed body in pieces: what the receiver is given is a whole prefix of it, as it stands.
 *
 * Input: one byte of choices (bits 0-1: the framing of the source, 2: events, 3-7: of the relay, 5 also:
 * deltas of a chunked source are skipped), four of piece sizes, the body as the provider frames it. */
#include "fuzz.h"

typedef struct {
    ar_conn_t *source, *receiver;
    int framing, flags;
    bool completed, ended, to_end, closed;
    uint8_t *seen; /* body bytes that on_body was given */
    size_t seen_count;
} relay_run_t;

static const char relayed_head[] = "H";
static const char abort_bytes[] = "event: error\n\n";

static int on_head(void *ctx, const ar_head_t *head) {
    relay_run_t *run = ctx;
    run->to_end = head->framing == AR_BODY_TO_END;
    if (run->to_end && run->framing == AR_RELAY_RAW) run->framing = AR_RELAY_PLAIN; /* the same */
    if (!run->to_end && run->framing == AR_RELAY_CHUNKED) run->framing = AR_RELAY_RAW;
    ar_conn_relay(run->source, run->receiver, (ar_slice_t){(const uint8_t *)relayed_head, 1},
                  run->framing, run->flags);
    return 0;
}
static void on_request(void *ctx, ar_slice_t body) {
    (void)ctx;
    (void)body;
}
static void on_body(void *ctx, ar_slice_t bytes) {
    relay_run_t *run = ctx;
    if (bytes.count == 0) return;
    run->seen = realloc(run->seen, run->seen_count + bytes.count);
    REQUIRE(run->seen != NULL);
    memcpy(run->seen + run->seen_count, bytes.bytes, bytes.count);
    run->seen_count += bytes.count;
}
static void on_complete(void *ctx) { ((relay_run_t *)ctx)->completed = true; }
static void on_ready(void *ctx, int reused) {
    (void)ctx;
    (void)reused;
}
static void on_drained(void *ctx) { (void)ctx; }
static void on_end(void *ctx, const ar_end_t *end) {
    relay_run_t *run = ctx;
    (void)end;
    run->ended = true;
}
static void on_closed(void *ctx) { ((relay_run_t *)ctx)->closed = true; }

static const ar_conn_events_t events = {on_head,  on_request, on_body, on_complete,
                                        on_ready, on_drained, on_end,  on_closed};

static bool feed(void *ctx, const uint8_t *bytes, size_t count) {
    relay_run_t *run = ctx;
    ar_client_input(run->source, bytes, count);
    return !run->source->end_due && !run->completed;
}

/* Decodes chunks as far as they go, without trailers and extensions' bytes; *whole: the last was there,
 * and the end behind it. */
static size_t decode(const uint8_t *bytes, size_t count, uint8_t *body, bool *whole) {
    size_t at = 0, total = 0;
    *whole = false;
    while (at < count) {
        size_t size = 0, digits = 0;
        for (; at < count; at++, digits++) {
            uint8_t letter = bytes[at] | 0x20;
            if (bytes[at] >= '0' && bytes[at] <= '9') {
                size = size * 16 + bytes[at] - '0';
            } else if (letter >= 'a' && letter <= 'f') {
                size = size * 16 + letter - 'a' + 10;
            } else {
                break;
            }
        }
        const uint8_t *line_end = memchr(bytes + at, '\n', count - at);
        if (digits == 0 || line_end == NULL) return total;
        at = (size_t)(line_end - bytes) + 1;
        if (size == 0) { /* with its line's end, trailers or none and an empty line follow */
            *whole = memmem(bytes + at - 2, count - at + 2, "\r\n\r\n", 4) != NULL;
            return total;
        }
        size_t part = size < count - at ? size : count - at;
        memcpy(body + total, bytes + at, part);
        total += part;
        at += part + 2;
    }
    return total;
}

/* An event ends where `count` bytes do: at an empty line. */
static bool ends_event(const uint8_t *bytes, size_t count) {
    if (count == 0) return true;
    uint8_t last = bytes[count - 1], before = count > 1 ? bytes[count - 2] : 0,
            earlier = count > 2 ? bytes[count - 3] : 0;
    if (last == '\r') return before == '\r';
    return last == '\n' &&
           (before == '\n' || (before == '\r' && (earlier == '\n' || earlier == '\r')));
}

/* With skipped deltas the caller has not seen all: what was sent takes the place of what was seen. */
static void see_all(relay_run_t *run, const uint8_t *raw, size_t raw_count) {
    bool whole;
    if (!(run->flags & AR_RELAY_SKIP_DELTAS)) return;
    free(run->seen);
    run->seen = malloc(raw_count);
    REQUIRE(run->seen != NULL);
    run->seen_count = decode(raw, raw_count, run->seen, &whole);
}

static void check_output(const relay_run_t *run, const uint8_t *given, size_t given_count,
                         const uint8_t *raw, size_t raw_count) {
    static uint8_t body[1 << 17];
    bool whole, chunked = run->framing == AR_RELAY_CHUNKED ||
                          (run->framing == AR_RELAY_RAW && !run->to_end);
    bool is_length = run->framing == AR_RELAY_RAW && run->source->head->framing == AR_BODY_LENGTH;
    if (is_length || !chunked) {
        REQUIRE(given_count <= run->seen_count);
        if (given_count > 0) REQUIRE(memcmp(given, run->seen, given_count) == 0);
    } else if (run->framing == AR_RELAY_RAW && !run->source->has_trailers) { /* they are left out */
        REQUIRE(given_count <= raw_count && memcmp(given, raw, given_count) == 0);
    }
    size_t count = given_count;
    if (chunked && !is_length) {
        count = decode(given, given_count, body, &whole);
        REQUIRE(whole == (run->completed && !run->to_end));
        given = body;
    }
    REQUIRE(count <= run->seen_count);
    if (count > 0) REQUIRE(memcmp(given, run->seen, count) == 0);
    if (run->completed && !run->to_end) REQUIRE(count == run->seen_count);
    if ((run->flags & AR_RELAY_EVENTS) && !run->completed) REQUIRE(ends_event(given, count));
}

/* What the receiver has been sent, without `relayed_head`. */
static size_t receive(int peer, uint8_t *bytes, size_t capacity) {
    ssize_t count = recv(peer, bytes, capacity, MSG_DONTWAIT);
    if (count <= 0) return 0;
    REQUIRE(bytes[0] == (uint8_t)relayed_head[0]);
    memmove(bytes, bytes + 1, (size_t)count - 1);
    return (size_t)count - 1;
}

static void check_abort(relay_run_t *run, int peer, const uint8_t *given, size_t given_count) {
    static uint8_t both[1 << 17], body[1 << 17];
    bool whole;
    if (run->completed || !(run->flags & AR_RELAY_EVENTS) || run->framing == AR_RELAY_PLAIN ||
        run->to_end || run->source->head->framing != AR_BODY_CHUNKED ||
        !ar_conn_relay_started(run->source)) {
        return;
    }
    size_t before = decode(given, given_count, body, &whole);
    ar_conn_relay_abort(run->source,
                        (ar_slice_t){(const uint8_t *)abort_bytes, sizeof abort_bytes - 1});
    memcpy(both, given, given_count);
    ssize_t more = recv(peer, both + given_count, sizeof both - given_count, MSG_DONTWAIT);
    REQUIRE(more > 0);
    size_t after = decode(both, given_count + (size_t)more, body, &whole);
    REQUIRE(!whole && after == before + sizeof abort_bytes - 1);
    REQUIRE(memcmp(body + before, abort_bytes, sizeof abort_bytes - 1) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const heads[] = {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n",
                                        "HTTP/1.1 200 OK\r\n\r\n"};
    static const uint8_t whole[4] = {0};
    static uint8_t given[1 << 17];
    static ar_shared_t *shared;
    static ar_origin_t *origin;
    if (size < 6 || size > 32768) return 0;
    ar_limits_t limits = fuzz_limits();
    if (shared == NULL) shared = ar_shared_create(&events, &limits);
    ar_origin_options_t options = {.host = "127.0.0.1", .port = 1, .limits = limits};
    if (origin == NULL) origin = ar_origin_create(fuzz_loop(), &options, &events);
    relay_run_t run = {.framing = (data[0] >> 3) % 3,
                       .flags = AR_RELAY_OBSERVE | (data[0] & 4 ? AR_RELAY_EVENTS : 0)};
    relay_run_t other = {0};
    int peer, upstream;
    if ((data[0] & 3) % 3 == 0 && (data[0] & 36) == 36) run.flags |= AR_RELAY_SKIP_DELTAS;
    run.receiver = fuzz_connection(shared, AR_SERVER, &peer);
    run.receiver->ctx = &other;
    run.receiver->state = AR_S_BUSY;
    run.source = fuzz_client(origin, &run, &upstream);
    const char *head = heads[(data[0] & 3) % 3];
    fuzz_feed((const uint8_t *)head, strlen(head), whole, feed, &run);
    fuzz_feed(data + 5, size - 5, data + 1, feed, &run);
    size_t count = receive(peer, given, sizeof given);
    see_all(&run, data + 5, size - 5);
    check_output(&run, given, count, data + 5, size - 5);
    check_abort(&run, peer, given, count);
    fuzz_settle();
    ar_conn_close(run.source);
    ar_conn_close(run.receiver);
    fuzz_settle();
    REQUIRE(run.closed && other.closed);
    free(run.seen);
    close(peer);
    close(upstream);
    return 0;
}
