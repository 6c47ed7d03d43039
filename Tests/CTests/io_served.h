/* A server connection's events on record, and a listener that gives each connection such a record. */
#ifndef IO_SERVED_H
#define IO_SERVED_H

#include "io_peer.h"

typedef struct served {
    ar_conn_t *conn;
    int answer; /* what on_head answers */
    bool reply; /* on_request replies at once and goes on */
    unsigned heads, requests, drained, ends, closes;
    int end_reason;
    char end_detail[96];
    ar_head_t head;   /* of the newest, its pointers into `message` and `fields` */
    buffer_t message; /* the newest head's bytes */
    ar_field_t fields[AR_MAX_FIELDS];
    buffer_t body;   /* of the newest request */
    buffer_t bodies; /* of all, each followed by '|' */
    void (*on_request)(struct served *served);
    void (*on_closed)(struct served *served);
    void *user;
} served_t;

static inline int served_head(void *ctx, const ar_head_t *head) {
    served_t *served = ctx;
    served->heads++;
    served->message.count = 0;
    buffer_add(&served->message, head->bytes, head->count);
    memcpy(served->fields, head->fields, head->field_count * sizeof *head->fields);
    served->head = *head;
    served->head.bytes = served->message.bytes;
    served->head.fields = served->fields;
    return served->answer;
}

static inline void served_reply(served_t *served, const char *text) {
    ar_slice_t slice = slice_of(text);
    CHECK(ar_conn_write(served->conn, &slice, 1, 0) == 0);
}

static inline void served_request(void *ctx, ar_slice_t body) {
    served_t *served = ctx;
    served->requests++;
    served->body.count = 0;
    buffer_add(&served->body, body.bytes, body.count);
    buffer_add(&served->bodies, body.bytes, body.count);
    buffer_text(&served->bodies, "|");
    if (served->on_request != NULL) served->on_request(served);
    if (!served->reply) return;
    served_reply(served, "HTTP/1.1 204 No Content\r\n\r\n");
    ar_conn_next(served->conn, 1);
}

static inline void served_no_body(void *ctx, ar_slice_t bytes) {
    (void)ctx;
    (void)bytes;
    CHECK(!"a server connection calls neither on_body nor on_complete nor on_ready");
}
static inline void served_no_complete(void *ctx) { served_no_body(ctx, (ar_slice_t){0}); }
static inline void served_no_ready(void *ctx, int reused) {
    (void)reused;
    served_no_body(ctx, (ar_slice_t){0});
}

static inline void served_drained(void *ctx) {
    served_t *served = ctx;
    served->drained++;
}

static inline void served_end(void *ctx, const ar_end_t *end) {
    served_t *served = ctx;
    served->ends++;
    served->end_reason = end->reason;
    snprintf(served->end_detail, sizeof served->end_detail, "%s", end->detail);
}

static inline void served_closed(void *ctx) {
    served_t *served = ctx;
    served->closes++;
    served->conn = NULL;
    if (served->on_closed != NULL) served->on_closed(served);
}

static const ar_conn_events_t served_events = {
    .on_head = served_head,
    .on_request = served_request,
    .on_body = served_no_body,
    .on_complete = served_no_complete,
    .on_ready = served_no_ready,
    .on_drained = served_drained,
    .on_end = served_end,
    .on_closed = served_closed,
};

static inline void served_free(served_t *served) {
    buffer_free(&served->message);
    buffer_free(&served->body);
    buffer_free(&served->bodies);
}

/* Whether the newest head has the field at `index`, so named and with that value. */
static inline bool served_has(const served_t *served, uint32_t index, const char *name,
                              const char *value) {
    if (index >= served->head.field_count) return false;
    const ar_field_t *field = &served->fields[index];
    const char *bytes = (const char *)served->message.bytes;
    return field->name_count == strlen(name) && field->value_count == strlen(value) &&
           memcmp(bytes + field->name_at, name, field->name_count) == 0 &&
           memcmp(bytes + field->value_at, value, field->value_count) == 0;
}

/* ---- a listener whose connections are recorded in the order they come -------------------------- */

typedef struct {
    ar_listener_t *listener;
    uint16_t port;
    served_t *records; /* one for each connection that may come */
    unsigned capacity, accepted;
    bool closed;
} service_t;

static inline int service_accept(void *ctx, ar_conn_t *conn, void **conn_ctx) {
    service_t *service = ctx;
    if (service->accepted == service->capacity) return 0;
    served_t *served = &service->records[service->accepted++];
    served->conn = conn;
    *conn_ctx = served;
    return 1;
}

static inline void service_closed(void *ctx) { ((service_t *)ctx)->closed = true; }

static inline void service_open(service_t *service, ar_loop_t *loop, const ar_limits_t *limits,
                                served_t *records, unsigned capacity) {
    static const ar_listener_events_t events = {service_accept, service_closed};
    int error = 0;
    *service = (service_t){.records = records, .capacity = capacity};
    service->listener = ar_listener_start(loop, "127.0.0.1", 0, limits, &events, &served_events,
                                          service, &error);
    if (!CHECK(service->listener != NULL && error == 0)) abort();
    service->port = ar_listener_port(service->listener);
}

#endif
