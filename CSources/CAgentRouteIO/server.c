/* The server's side: requests gathered one at a time, the orderly end. */
#include "internal.h"

#include <sys/socket.h>

/* ---- input -------------------------------------------------------------------------------------- */

static bool grow_body(ar_conn_t *conn, size_t capacity) {
    if (capacity <= conn->body_capacity) return true;
    uint8_t *grown = realloc(conn->body, capacity);
    if (grown == NULL) {
        ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
        return false;
    }
    conn->body = grown;
    conn->body_capacity = capacity;
    return true;
}

/* Room at the end of a body of declared length, made as the body comes: a declared length alone costs
 * its sender nothing and must not cost us memory. */
size_t ar_server_body_room(ar_conn_t *conn) {
    if (conn->body_count == conn->body_capacity) {
        size_t declared = conn->body_count + (size_t)conn->body_left;
        size_t capacity = conn->body_capacity == 0 ? AR_BODY_START_BYTES : conn->body_capacity * 4;
        if (!grow_body(conn, capacity < declared ? capacity : declared)) return 0;
    }
    return conn->body_capacity - conn->body_count;
}

/* Bytes of a chunked request body, from the parser. */
void ar_server_body(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    size_t need = conn->body_count + count;
    if (need > conn->shared->limits.body_bytes) {
        ar_conn_fail(conn, AR_END_BODY_TOO_LARGE, 0, "the request body is too large");
        return;
    }
    size_t capacity = conn->body_capacity;
    if (need > capacity) capacity = need < 4096 ? 4096 : need * 2;
    if (!grow_body(conn, capacity)) return;
    memcpy(conn->body + conn->body_count, bytes, count);
    conn->body_count = need;
}

static void request_complete(ar_conn_t *conn) {
    conn->state = AR_S_BUSY;
    conn->deadline = 0;
    conn->shared->events.on_request(conn->ctx, (ar_slice_t){conn->body, conn->body_count});
}

static void head_complete(ar_conn_t *conn, size_t following) {
    int answer = conn->shared->events.on_head(conn->ctx, conn->head);
    if (conn->state != AR_S_HEAD || conn->end_due) return;
    if (answer != AR_HEAD_GATHER) {
        conn->state = AR_S_DISCARD;
        conn->deadline = 0;
        return;
    }
    const ar_head_t *head = conn->head;
    if (head->framing == AR_BODY_NONE) {
        request_complete(conn);
        return;
    }
    conn->state = AR_S_BODY;
    ar_conn_set_deadline(conn, conn->shared->limits.body_ms);
    if (head->framing == AR_BODY_LENGTH) {
        if (head->content_length > conn->shared->limits.body_bytes) {
            ar_conn_fail(conn, AR_END_BODY_TOO_LARGE, 0, "the request body is too large");
            return;
        }
        conn->body_left = head->content_length;
        if (ar_server_body_room(conn) == 0) return;
    }
    if (head->expect_continue && following == 0 && head->minor == 1) {
        static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
        ar_slice_t slice = {(const uint8_t *)go_on, sizeof go_on - 1};
        ar_conn_write(conn, &slice, 1, 0);
    }
}

static size_t feed_body(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    ar_conn_set_deadline(conn, conn->shared->limits.body_ms);
    if (conn->head->framing == AR_BODY_CHUNKED) {
        size_t used = ar_chunked_feed(conn, bytes, count);
        if (conn->message_done && !conn->end_due) request_complete(conn);
        return used;
    }
    size_t part = count < conn->body_left ? count : (size_t)conn->body_left;
    size_t room = ar_server_body_room(conn);
    if (part > room) part = room;
    if (part == 0) return count; /* no memory; on_end is due */
    uint8_t *place = conn->body + conn->body_count;
    if (place != bytes) memcpy(place, bytes, part); /* else it was read there */
    conn->body_count += part;
    conn->body_left -= part;
    if (conn->body_left == 0) request_complete(conn);
    return part;
}

static void stash(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    uint8_t *grown = realloc(conn->stash, conn->stash_count + count);
    if (grown == NULL) {
        ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
        return;
    }
    memcpy(grown + conn->stash_count, bytes, count);
    conn->stash = grown;
    conn->stash_count += count;
    if (conn->stash_count >= AR_STASH_BYTES) ar_conn_stop_reading(conn);
}

/* A few line ends before a request are no request: RFC 9112 section 2.2. */
static size_t skip_blank(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    size_t blank = 0;
    while (blank < count && (bytes[blank] == '\r' || bytes[blank] == '\n')) blank++;
    conn->blank_count += blank;
    if (conn->blank_count > AR_BLANK_BYTES)
        ar_conn_fail(conn, AR_END_MALFORMED, 0, "empty lines before the request");
    return blank;
}

void ar_server_input(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    while (count > 0 && !conn->end_due && !conn->ended) {
        size_t used = count;
        switch (conn->state) {
        case AR_S_IDLE:
            if (conn->stash_count > 0) { /* what waited is due, and comes first */
                stash(conn, bytes, count);
                break;
            }
            used = skip_blank(conn, bytes, count);
            if (used > 0) break;
            conn->state = AR_S_HEAD;
            ar_conn_set_deadline(conn, conn->shared->limits.head_ms);
            /* fall through */
        case AR_S_HEAD:
            used = ar_head_feed(conn, bytes, count);
            if (conn->head_done && !conn->end_due) head_complete(conn, count - used);
            break;
        case AR_S_BODY:
            used = feed_body(conn, bytes, count);
            break;
        case AR_S_BUSY:
            stash(conn, bytes, count);
            break;
        default:
            break;
        }
        if (conn->state == AR_CLOSING) return;
        bytes += used;
        count -= used;
    }
    if (conn->lingering) {
        conn->discarded += count;
        if (conn->discarded > AR_LINGER_BYTES) ar_conn_close(conn);
    }
}

void ar_server_eof(ar_conn_t *conn, int error) {
    if (conn->lingering || (conn->finishing && conn->pending == 0)) {
        ar_conn_close(conn);
    } else if (error != UV_EOF) {
        ar_conn_fail(conn, AR_END_RESET, error, "the client reset the connection");
    } else if (conn->state == AR_S_HEAD || conn->state == AR_S_BODY) {
        ar_conn_fail(conn, AR_END_TRUNCATED, 0,
                     "the client closed the connection inside a request");
    } else if (conn->state == AR_S_IDLE || conn->state == AR_S_BUSY) {
        ar_conn_fail(conn, AR_END_EOF, 0, "the client closed the connection");
    }
}

void ar_server_timeout(ar_conn_t *conn) {
    switch (conn->state) {
    case AR_S_IDLE:
        ar_conn_fail(conn, AR_END_TIMEOUT_IDLE, UV_ETIMEDOUT, "no request came");
        break;
    case AR_S_HEAD:
        ar_conn_fail(conn, AR_END_TIMEOUT_HEAD, UV_ETIMEDOUT, "the request head took too long");
        break;
    case AR_S_BODY:
        ar_conn_fail(conn, AR_END_TIMEOUT_BODY, UV_ETIMEDOUT, "the request body stalled");
        break;
    default:
        ar_conn_close(conn); /* the linger is over */
    }
}

/* ---- between requests, and the end -------------------------------------------------------------- */

void ar_conn_drop_request(ar_conn_t *conn) { ar_conn_free_message(conn); }

void ar_conn_next(ar_conn_t *conn, int keep_alive) {
    if (conn->state == AR_CLOSING || conn->role != AR_SERVER) return;
    ar_conn_free_message(conn);
    if (!keep_alive || conn->ended || conn->peer_eof) {
        ar_conn_finish_and_close(conn);
        return;
    }
    ar_head_init(conn);
    conn->state = AR_S_IDLE;
    ar_conn_set_deadline(conn, conn->shared->limits.idle_ms);
    /* A pipelined request is read from a fresh stack, or by the dispatch that is already there. */
    if (conn->stash_count > 0 || !conn->reading) ar_conn_defer(conn);
}

/* Goes on with pipelined input. */
void ar_server_resume(ar_conn_t *conn) {
    if (conn->state != AR_S_IDLE) return;
    if (conn->stash_count > 0) {
        uint8_t *bytes = conn->stash;
        size_t count = conn->stash_count;
        conn->stash = NULL;
        conn->stash_count = 0;
        ar_server_input(conn, bytes, count);
        free(bytes);
    }
    if (conn->state != AR_CLOSING && conn->stash_count < AR_STASH_BYTES && !conn->ended &&
        !conn->end_due) {
        ar_conn_start_reading(conn);
    }
}

/* Everything is written: say so to the peer, and wait a little for its own end. */
static void linger(ar_conn_t *conn) {
    if (conn->peer_eof) {
        ar_conn_close(conn);
        return;
    }
    shutdown(conn->fd, SHUT_WR);
    conn->lingering = true;
    conn->state = AR_S_DISCARD;
    ar_conn_set_deadline(conn, AR_LINGER_MS);
    ar_conn_start_reading(conn);
}

void ar_conn_finish_and_close(ar_conn_t *conn) {
    if (conn->state == AR_CLOSING || conn->finishing) return;
    conn->finishing = true;
    conn->ended = true; /* no further event but the close */
    conn->end_due = false;
    conn->state = AR_S_DISCARD;
    conn->deadline = 0;
    if (conn->pending == 0) linger(conn);
}

void ar_server_flushed(ar_conn_t *conn) {
    if (conn->finishing && !conn->lingering) linger(conn);
}
