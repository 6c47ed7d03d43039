/* llhttp in strict mode: heads as offsets, chunked bodies in place. */
#include "internal.h"

#include <strings.h>

static ar_conn_t *conn_of(llhttp_t *parser) { return parser->data; }

static uint32_t offset(ar_conn_t *conn, const char *at) {
    return (uint32_t)((const uint8_t *)at - conn->base);
}

/* ---- what llhttp reports ------------------------------------------------------------------------ */

static int on_method(llhttp_t *parser, const char *at, size_t count) {
    ar_conn_t *conn = conn_of(parser);
    if (conn->method_count == 0) conn->method_at = offset(conn, at);
    conn->method_count += (uint32_t)count;
    return 0;
}

static int on_url(llhttp_t *parser, const char *at, size_t count) {
    ar_conn_t *conn = conn_of(parser);
    if (conn->target_count == 0) conn->target_at = offset(conn, at);
    conn->target_count += (uint32_t)count;
    return 0;
}

static int on_header_field(llhttp_t *parser, const char *at, size_t count) {
    ar_conn_t *conn = conn_of(parser);
    if (conn->head_done) {
        conn->has_trailers = true;
        return 0;
    }
    uint32_t start = offset(conn, at);
    if (conn->field_count > 0 && !conn->in_value) {
        ar_field_t *open = &conn->fields[conn->field_count - 1];
        if (open->name_at + open->name_count == start) { /* a name cut by the end of a read */
            open->name_count += (uint32_t)count;
            return 0;
        }
    }
    if (conn->field_count == AR_MAX_FIELDS) {
        ar_conn_fail(conn, AR_END_HEAD_TOO_LARGE, 0, "too many header fields");
        return HPE_USER;
    }
    conn->in_value = false;
    conn->fields[conn->field_count++] = (ar_field_t){start, (uint32_t)count,
                                                     start + (uint32_t)count, 0};
    return 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t count) {
    ar_conn_t *conn = conn_of(parser);
    if (conn->head_done || conn->field_count == 0) return 0;
    ar_field_t *open = &conn->fields[conn->field_count - 1];
    if (!conn->in_value) {
        open->value_at = offset(conn, at);
        open->value_count = 0;
        conn->in_value = true;
    }
    /* Spans of one value are neighbours but for what llhttp skipped between them. */
    open->value_count = offset(conn, at) + (uint32_t)count - open->value_at;
    return 0;
}

static int on_headers_complete(llhttp_t *parser) {
    conn_of(parser)->head_done = true;
    return HPE_PAUSED;
}

static int on_message_complete(llhttp_t *parser) {
    conn_of(parser)->message_done = true;
    return HPE_PAUSED;
}

static int on_chunk_header(llhttp_t *parser) {
    ar_conn_t *conn = conn_of(parser);
    if (conn->relay != NULL) conn->relay->chunk_left = parser->content_length;
    return 0;
}

static int on_chunk_complete(llhttp_t *parser) {
    conn_of(parser)->chunk_done = true;
    return 0;
}

/* Bytes of a response's body. Without a relay those of one read are moved together, over the framing
 * between them: the caller is given one piece, and writes once. */
static void client_body(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    if (conn->relay != NULL) {
        ar_relay_body(conn, bytes, count);
    } else if (conn->decoded.count == 0) {
        conn->decoded = (ar_slice_t){bytes, count};
    } else {
        /* SAFETY: they lie in the slab that the read filled, which is this read's alone. */
        memmove((uint8_t *)conn->decoded.bytes + conn->decoded.count, bytes, count);
        conn->decoded.count += count;
    }
}

static int on_body(llhttp_t *parser, const char *at, size_t count) {
    ar_conn_t *conn = conn_of(parser);
    if (conn->role == AR_SERVER) {
        conn->chunked_body += count;
        ar_server_body(conn, (const uint8_t *)at, count);
        return conn->end_due ? HPE_USER : 0;
    }
    conn->chunk_done = false;
    conn->chunked_body += count;
    conn->chunk_end = (const uint8_t *)at + count;
    if (conn->relay != NULL) conn->relay->chunk_left -= count;
    client_body(conn, (const uint8_t *)at, count);
    return conn->state == AR_CLOSING ? HPE_USER : 0;
}

static const llhttp_settings_t settings = {
    .on_method = on_method,
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_message_complete = on_message_complete,
    .on_chunk_header = on_chunk_header,
    .on_chunk_complete = on_chunk_complete,
    .on_body = on_body,
};

/* ---- heads -------------------------------------------------------------------------------------- */

void ar_head_init(ar_conn_t *conn) {
    llhttp_init(&conn->parser, conn->role == AR_SERVER ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
    conn->parser.data = conn;
    conn->field_count = conn->target_count = conn->method_count = 0;
    conn->in_value = conn->head_done = conn->message_done = conn->chunk_done = conn->has_trailers =
        false;
    conn->chunked_count = conn->chunked_body = 0;
    conn->blank_count = 0;
    conn->chunk_start = true; /* of a chunked body, once the head is done */
}

static bool name_is(const ar_conn_t *conn, const ar_field_t *field, const char *name) {
    size_t count = strlen(name);
    return field->name_count == count &&
           strncasecmp((const char *)conn->base + field->name_at, name, count) == 0;
}

static bool value_is(const ar_conn_t *conn, const ar_field_t *field, const char *value) {
    size_t count = strlen(value);
    return field->value_count == count &&
           strncasecmp((const char *)conn->base + field->value_at, value, count) == 0;
}

static void trim(const ar_conn_t *conn, ar_field_t *field) {
    const uint8_t *value = conn->base + field->value_at;
    while (field->value_count > 0 &&
           (value[field->value_count - 1] == ' ' || value[field->value_count - 1] == '\t')) {
        field->value_count--;
    }
    while (field->value_count > 0 && (*value == ' ' || *value == '\t')) {
        value++;
        field->value_at++;
        field->value_count--;
    }
}

/* RFC 9112 section 6.3, without its leniencies. NULL when the framing is sound, else what is wrong. */
static const char *find_framing(ar_conn_t *conn, ar_head_t *head) {
    bool length = false, chunked = false;
    for (uint32_t i = 0; i < conn->field_count; i++) {
        ar_field_t *field = &conn->fields[i];
        trim(conn, field);
        if (name_is(conn, field, "content-length")) {
            if (length) return "more than one Content-Length";
            length = true;
        } else if (name_is(conn, field, "transfer-encoding")) {
            if (chunked) return "more than one Transfer-Encoding";
            if (!value_is(conn, field, "chunked")) return "a Transfer-Encoding other than chunked";
            chunked = true;
        } else if (name_is(conn, field, "expect") && conn->role == AR_SERVER) {
            head->expect_continue = value_is(conn, field, "100-continue");
        }
    }
    if (length && chunked) return "both Content-Length and Transfer-Encoding";
    if (chunked && conn->parser.http_minor == 0) return "Transfer-Encoding in HTTP/1.0";
    if (chunked) {
        head->framing = AR_BODY_CHUNKED;
    } else if (length) {
        head->framing = AR_BODY_LENGTH;
        head->content_length = conn->parser.content_length;
    } else {
        head->framing = conn->role == AR_SERVER ? AR_BODY_NONE : AR_BODY_TO_END;
    }
    bool bodiless = conn->role == AR_CLIENT && (conn->no_body || head->status / 100 == 1 ||
                                                head->status == 204 || head->status == 304);
    if (bodiless || (head->framing == AR_BODY_LENGTH && head->content_length == 0)) {
        head->framing = AR_BODY_NONE;
    }
    return NULL;
}

/* RFC 9112 section 3: method, one space, target without a fragment, one space, HTTP/1.x. llhttp is
 * content with more spaces, and knows RTSP and ICE as well. */
static const char *request_line_fault(const ar_conn_t *conn) {
    const uint8_t *target = conn->base + conn->target_at;
    if (memcmp(target + conn->target_count, " HTTP/", 6) != 0) return "not HTTP/1.0 or HTTP/1.1";
    if (conn->target_at != conn->method_at + conn->method_count + 1)
        return "more than one space in the request line";
    if (memchr(target, '#', conn->target_count) != NULL) return "a fragment in the request target";
    return NULL;
}

/* RFC 9110 section 15, RFC 9112 section 4. */
static const char *status_line_fault(const ar_conn_t *conn, uint32_t count) {
    if (conn->parser.status_code < 100 || conn->parser.status_code > 599)
        return "a status outside 100 to 599";
    for (uint32_t i = 0; i < count && conn->base[i] != '\r'; i++) {
        bool is_control = conn->base[i] < 0x20 && conn->base[i] != '\t';
        if (is_control || conn->base[i] == 0x7f) return "a control character in the status line";
    }
    return NULL;
}

static const char *first_line_fault(const ar_conn_t *conn, uint32_t count) {
    if (conn->parser.http_major != 1 || conn->parser.http_minor > 1)
        return "not HTTP/1.0 or HTTP/1.1";
    return conn->role == AR_SERVER ? request_line_fault(conn) : status_line_fault(conn, count);
}

/* One block: the head, its fields, its bytes. No calloc: glibc's passes its cache of freed blocks by. */
static void build_head(ar_conn_t *conn, uint32_t count) {
    size_t fields = conn->field_count * sizeof(ar_field_t);
    ar_head_t *head = malloc(sizeof *head + fields + count);
    if (head == NULL) {
        ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
        return;
    }
    *head = (ar_head_t){.status = conn->parser.status_code, .minor = conn->parser.http_minor};
    head->keep_alive = (uint8_t)llhttp_should_keep_alive(&conn->parser);
    head->upgrade = conn->role == AR_SERVER && conn->parser.upgrade;
    const char *fault = first_line_fault(conn, count);
    if (fault == NULL) fault = find_framing(conn, head);
    if (fault != NULL) {
        free(head);
        ar_conn_fail(conn, AR_END_MALFORMED, 0, fault);
        return;
    }
    ar_field_t *own_fields = (ar_field_t *)(head + 1);
    uint8_t *own_bytes = (uint8_t *)own_fields + fields;
    memcpy(own_fields, conn->fields, fields);
    memcpy(own_bytes, conn->base, count);
    head->fields = own_fields;
    head->field_count = conn->field_count;
    head->bytes = own_bytes;
    head->count = count;
    head->target_at = conn->target_at;
    head->target_count = conn->target_count;
    head->method_at = conn->method_at;
    head->method_count = conn->method_count;
    conn->head = head;
}

/* Whether all but the method is as in a request line of HTTP/1: it is none that the parser knows. */
static bool is_unknown_method(const uint8_t *bytes, size_t count) {
    const uint8_t *line_end = memmem(bytes, count, "\r\n", 2);
    const uint8_t *space = memchr(bytes, ' ', count);
    if (line_end == NULL || space == NULL || space == bytes || line_end - space < 11) return false;
    if (space[1] != '/' && space[1] != '*') return false;
    for (const uint8_t *at = bytes; at < space; at++) { /* a token: RFC 9110 section 5.6.2 */
        uint8_t letter = *at | 0x20;
        bool plain = (letter >= 'a' && letter <= 'z') || (*at >= '0' && *at <= '9');
        if (!plain && (*at == 0 || strchr("!#$%&'*+-.^_`|~", *at) == NULL)) return false;
    }
    return memcmp(line_end - 9, " HTTP/1.", 8) == 0;
}

/* Runs the parser over `bytes`, which end the head so far; how many of them the head took. */
static size_t parse_head(ar_conn_t *conn, const uint8_t *bytes, size_t count, size_t before) {
    llhttp_errno_t error = llhttp_execute(&conn->parser, (const char *)bytes, count);
    uint32_t limit = conn->shared->limits.head_bytes;
    if (conn->head_done) {
        size_t used = (size_t)((const uint8_t *)llhttp_get_error_pos(&conn->parser) - bytes);
        if (before + used > limit) {
            ar_conn_fail(conn, AR_END_HEAD_TOO_LARGE, 0,
                         "the request line and header fields are too large");
            return count;
        }
        build_head(conn, (uint32_t)(before + used));
        return used;
    }
    if (error != HPE_OK) {
        const char *reason = llhttp_get_error_reason(&conn->parser);
        bool unknown = error == HPE_INVALID_METHOD && is_unknown_method(conn->base, before + count);
        ar_conn_fail(conn, unknown ? AR_END_UNKNOWN_METHOD : AR_END_MALFORMED, 0,
                     reason != NULL ? reason : "not HTTP/1.1");
    } else if (before + count > limit) {
        ar_conn_fail(conn, AR_END_HEAD_TOO_LARGE, 0,
                     "the request line and header fields are too large");
    }
    return count;
}

/* Keeps a head that needs more than one read: its bytes, and its fields (one table, made once). */
static bool keep_partial(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    size_t need = conn->partial_count + count;
    if (need > conn->partial_capacity) {
        size_t capacity = need < 2048 ? 2048 : need * 2;
        uint8_t *grown = realloc(conn->partial, capacity);
        if (grown == NULL) return false;
        conn->partial = grown;
        conn->partial_capacity = (uint32_t)capacity;
    }
    if (conn->partial_fields == NULL) {
        conn->partial_fields = malloc(AR_MAX_FIELDS * sizeof(ar_field_t));
        if (conn->partial_fields == NULL) return false;
        if (conn->field_count > 0) {
            memcpy(conn->partial_fields, conn->fields, conn->field_count * sizeof(ar_field_t));
        }
    }
    memcpy(conn->partial + conn->partial_count, bytes, count);
    conn->partial_count = (uint32_t)need;
    conn->base = conn->partial;
    conn->fields = conn->partial_fields;
    return true;
}

size_t ar_head_feed(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    size_t used;
    if (conn->partial_count == 0) {
        conn->base = bytes;
        conn->fields = conn->loop->fields;
        used = parse_head(conn, bytes, count, 0);
        if (conn->head_done || conn->end_due) return used;
        if (keep_partial(conn, bytes, count)) return used;
    } else {
        /* One byte over the limit is enough to know. */
        size_t room = conn->shared->limits.head_bytes + 1 - conn->partial_count;
        size_t before = conn->partial_count;
        if (keep_partial(conn, bytes, count < room ? count : room)) {
            return parse_head(conn, conn->partial + before, conn->partial_count - before, before);
        }
    }
    ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
    return count;
}

/* Whole chunks, which are what a stream is made of, without the parser: it stands at the start of a
 * chunk before and after. What is not whole or not plain is left to it. */
static size_t take_whole_chunks(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    size_t used = 0;
    while (conn->state == AR_C_BODY && !conn->end_due) {
        size_t size, head = ar_chunk_head(bytes + used, count - used, &size);
        if (head == 0 || size == 0 || count - used - head < size + 2) break;
        const uint8_t *data = bytes + used + head;
        if (data[size] != '\r' || data[size + 1] != '\n') break;
        used += head + size + 2;
        if (conn->relay != NULL) conn->relay->chunk_left = 0;
        conn->chunked_body += size;
        client_body(conn, data, size);
    }
    return used;
}

static size_t feed_chunks(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    size_t used = conn->role == AR_CLIENT && conn->chunk_start
                      ? take_whole_chunks(conn, bytes, count)
                      : 0;
    if (used == count || (conn->role == AR_CLIENT && (conn->state != AR_C_BODY || conn->end_due)))
        return used;
    if (llhttp_get_errno(&conn->parser) == HPE_PAUSED) {
        conn->parser.upgrade = 0; /* never granted: the body is a body */
        llhttp_resume(&conn->parser);
    }
    conn->chunk_end = NULL;
    llhttp_errno_t error = llhttp_execute(&conn->parser, (const char *)bytes + used, count - used);
    /* Nothing but the chunk's own CRLF may have come behind it. */
    conn->chunk_start = conn->chunk_done && conn->chunk_end != NULL &&
                        conn->chunk_end + 2 == bytes + count;
    if (error == HPE_PAUSED) {
        return (size_t)((const uint8_t *)llhttp_get_error_pos(&conn->parser) - bytes);
    }
    if (error != HPE_OK && conn->state != AR_CLOSING) {
        const char *reason = llhttp_get_error_reason(&conn->parser);
        ar_conn_fail(conn, AR_END_MALFORMED, 0, reason != NULL ? reason : "bad chunked coding");
    }
    return count;
}

size_t ar_chunked_feed(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    size_t used = feed_chunks(conn, bytes, count);
    conn->chunked_count += used;
    if (conn->chunked_count > AR_FRAMING_BYTES + AR_FRAMING_RATIO * conn->chunked_body &&
        conn->state != AR_CLOSING) {
        ar_conn_fail(conn, conn->role == AR_SERVER ? AR_END_BODY_TOO_LARGE : AR_END_MALFORMED, 0,
                     "more chunk framing than body");
    }
    return used;
}
