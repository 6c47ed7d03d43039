/* Messages in pieces: what a connection makes of them must not depend on the pieces.
 *
 * Input: one byte of choices (bit 0: a response), four of piece sizes, the message or messages. */
#include "fuzz.h"

typedef struct {
    ar_conn_t *conn;
    bool closed, ended;
    int reason;
    unsigned messages; /* complete */
    uint64_t digest;   /* of every head and body */
} record_t;

static void digest(record_t *record, const void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++)
        record->digest = (record->digest ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
}

static void digest_number(record_t *record, uint64_t number) {
    digest(record, &number, sizeof number);
}

static int on_head(void *ctx, const ar_head_t *head) {
    record_t *record = ctx;
    REQUIRE(head->count <= fuzz_limits().head_bytes && head->field_count <= AR_MAX_FIELDS);
    REQUIRE(head->target_at + head->target_count <= head->count);
    REQUIRE(head->method_at + head->method_count <= head->count);
    REQUIRE(head->count >= 4 && memcmp(head->bytes + head->count - 4, "\r\n\r\n", 4) == 0);
    digest(record, head->bytes, head->count);
    for (uint32_t i = 0; i < head->field_count; i++) {
        const ar_field_t *field = &head->fields[i];
        REQUIRE(field->name_count > 0 && field->name_at + field->name_count <= field->value_at);
        REQUIRE(field->value_at + field->value_count <= head->count - 2);
        digest(record, head->bytes + field->name_at, field->name_count);
        digest(record, head->bytes + field->value_at, field->value_count);
        for (uint32_t at = 0; at < field->value_count; at++) {
            uint8_t byte = head->bytes[field->value_at + at];
            REQUIRE((byte >= 0x20 && byte != 0x7f) || byte == '\t');
        }
    }
    digest_number(record, head->framing);
    digest_number(record, head->content_length);
    digest_number(record, (uint64_t)head->status << 16 | head->keep_alive << 8 | head->minor);
    return AR_HEAD_GATHER;
}

static void on_request(void *ctx, ar_slice_t body) {
    record_t *record = ctx;
    REQUIRE(body.count <= fuzz_limits().body_bytes);
    record->messages++;
    digest_number(record, body.count);
    digest(record, body.bytes, body.count);
    ar_conn_next(record->conn, 1);
}

static void on_body(void *ctx, ar_slice_t bytes) { digest(ctx, bytes.bytes, bytes.count); }
static void on_complete(void *ctx) { ((record_t *)ctx)->messages++; }
static void on_drained(void *ctx) { (void)ctx; }
static void on_ready(void *ctx, int reused) {
    (void)ctx;
    (void)reused;
}
static void on_end(void *ctx, const ar_end_t *end) {
    record_t *record = ctx;
    record->ended = true;
    record->reason = end->reason;
}
static void on_closed(void *ctx) { ((record_t *)ctx)->closed = true; }

static const ar_conn_events_t events = {on_head,  on_request, on_body, on_complete,
                                        on_ready, on_drained, on_end,  on_closed};

static bool feed(void *ctx, const uint8_t *bytes, size_t count) {
    record_t *record = ctx;
    if (record->conn->role == AR_SERVER) {
        ar_server_input(record->conn, bytes, count);
    } else {
        ar_client_input(record->conn, bytes, count);
    }
    return !record->conn->end_due && !record->ended;
}

static record_t read_all(ar_role_t role, const uint8_t *bytes, size_t count,
                         const uint8_t pattern[4]) {
    static ar_shared_t *shared;
    static ar_origin_t *origin;
    ar_limits_t limits = fuzz_limits();
    if (shared == NULL) shared = ar_shared_create(&events, &limits);
    ar_origin_options_t options = {.host = "127.0.0.1", .port = 1, .limits = limits};
    if (origin == NULL) origin = ar_origin_create(fuzz_loop(), &options, &events);
    record_t record = {.digest = 0xcbf29ce484222325u};
    int peer;
    if (role == AR_SERVER) {
        record.conn = fuzz_connection(shared, role, &peer);
        record.conn->ctx = &record;
        record.conn->state = AR_S_IDLE;
    } else {
        record.conn = fuzz_client(origin, &record, &peer);
    }
    fuzz_feed(bytes, count, pattern, feed, &record);
    fuzz_settle();
    ar_conn_close(record.conn);
    fuzz_settle();
    REQUIRE(record.closed);
    close(peer);
    return record;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const uint8_t whole[4] = {0}, bytewise[4] = {1, 1, 1, 1};
    if (size < 6) return 0;
    ar_role_t role = data[0] & 1 ? AR_CLIENT : AR_SERVER;
    record_t first = read_all(role, data + 5, size - 5, whole);
    const uint8_t *patterns[2] = {data + 1, bytewise};
    for (int i = 0; i < 2; i++) {
        record_t again = read_all(role, data + 5, size - 5, patterns[i]);
        REQUIRE(again.messages == first.messages && again.ended == first.ended);
        /* Of two faults in one message either may be found first. */
        if (!first.ended) REQUIRE(again.digest == first.digest);
    }
    return 0;
}
