/* The client's side: resolving, connecting, TLS, and one response at a time. */
#include "internal.h"

#include <netdb.h>
#include <sys/socket.h>

/* ---- addresses ---------------------------------------------------------------------------------- */

static void try_next_address(ar_conn_t *conn);
static void replace_socket(ar_conn_t *conn);

static void on_socket_replaced(uv_handle_t *handle) {
    ar_conn_t *conn = handle->data;
    conn->retrying = false;
    conn->handle_open = false;
    if (conn->state == AR_CLOSING) {
        ar_conn_maybe_free(conn);
        return;
    }
    if (uv_tcp_init(&conn->loop->uv, &conn->tcp) != 0) {
        ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
        return;
    }
    conn->tcp.data = conn;
    conn->handle_open = true;
    try_next_address(conn);
}

static void start_handshake(ar_conn_t *conn);

static void become_ready(ar_conn_t *conn, int reused) {
    conn->state = AR_C_READY;
    conn->deadline = 0;
    conn->sent = 0; /* a handshake is no part of a request */
    ar_conn_start_reading(conn);
    conn->shared->events.on_ready(conn->ctx, reused);
}

static void on_connected(uv_connect_t *req, int status) {
    ar_conn_t *conn = req->data;
    free(req);
    if (conn->state == AR_CLOSING || conn->retrying || conn->end_due || conn->ended) return;
    if (status < 0) {
        if (conn->next_address != NULL) {
            replace_socket(conn);
        } else {
            ar_conn_fail(conn, AR_END_REFUSED, status, uv_strerror(status));
        }
        return;
    }
    uv_tcp_nodelay(&conn->tcp, 1);
    uv_fileno((uv_handle_t *)&conn->tcp, &conn->fd);
    if (conn->origin->options.tls != NULL) {
        start_handshake(conn);
    } else {
        become_ready(conn, 0);
    }
}

static int connect_to(ar_conn_t *conn, const struct sockaddr *address) {
    uv_connect_t *req = malloc(sizeof *req);
    if (req == NULL) return UV_ENOMEM;
    req->data = conn;
    int error = uv_tcp_connect(req, &conn->tcp, address, on_connected);
    if (error != 0) free(req);
    return error;
}

/* An address that swallows packets may not use up the time of those after it. */
static void share_time(ar_conn_t *conn) {
    uint64_t now = uv_now(&conn->loop->uv), attempts = 0;
    for (struct addrinfo *a = conn->next_address; a != NULL; a = a->ai_next) attempts++;
    uint64_t left = conn->connect_until > now ? conn->connect_until - now : 1;
    conn->deadline = now + (attempts > 1 ? left / attempts + 1 : left);
}

static void replace_socket(ar_conn_t *conn) {
    conn->retrying = true;
    uv_close((uv_handle_t *)&conn->tcp, on_socket_replaced);
}

static void try_next_address(ar_conn_t *conn) {
    conn->state = AR_C_CONNECTING;
    share_time(conn);
    int error = UV_EAI_NODATA;
    if (conn->next_address != NULL) {
        const struct sockaddr *address = conn->next_address->ai_addr;
        conn->next_address = conn->next_address->ai_next;
        error = connect_to(conn, address);
    }
    if (error == 0) return;
    if (conn->next_address != NULL) { /* it may be of another family: that needs another socket */
        replace_socket(conn);
    } else {
        ar_conn_fail(conn, AR_END_REFUSED, error, uv_strerror(error));
    }
}

static void on_resolved(uv_getaddrinfo_t *req, int status, struct addrinfo *addresses) {
    ar_conn_t *conn = req->data;
    free(req);
    conn->resolving = false;
    conn->addresses = conn->next_address = addresses;
    if (conn->state == AR_CLOSING) {
        ar_conn_maybe_free(conn);
    } else if (status < 0) {
        ar_conn_fail(conn, AR_END_UNRESOLVED, status, uv_strerror(status));
    } else if (!conn->end_due && !conn->ended) {
        try_next_address(conn);
    }
}

void ar_client_connect(ar_conn_t *conn) {
    ar_origin_t *origin = conn->origin;
    ar_conn_set_deadline(conn, origin->options.connect_ms);
    conn->connect_until = conn->deadline;
    struct sockaddr_storage literal;
    memset(&literal, 0, sizeof literal);
    if (uv_ip4_addr(origin->host, origin->options.port, (struct sockaddr_in *)&literal) == 0 ||
        uv_ip6_addr(origin->host, origin->options.port, (struct sockaddr_in6 *)&literal) == 0) {
        conn->state = AR_C_CONNECTING;
        int error = connect_to(conn, (struct sockaddr *)&literal);
        if (error != 0) ar_conn_fail(conn, AR_END_REFUSED, error, uv_strerror(error));
        return;
    }
    conn->state = AR_C_RESOLVING;
    uv_getaddrinfo_t *req = malloc(sizeof *req);
    char port[8];
    snprintf(port, sizeof port, "%u", origin->options.port);
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    int error = UV_ENOMEM;
    if (req != NULL) {
        req->data = conn;
        error = uv_getaddrinfo(&conn->loop->uv, req, on_resolved, origin->host, port, &hints);
    }
    if (error != 0) {
        free(req);
        ar_conn_fail(conn, AR_END_UNRESOLVED, error, uv_strerror(error));
    } else {
        conn->resolving = true;
    }
}

/* ---- TLS ---------------------------------------------------------------------------------------- */

static void tls_failed(ar_conn_t *conn, ar_tls_status_t status) {
    ar_end_reason_t reason = status == AR_TLS_UNTRUSTED    ? AR_END_TLS_UNTRUSTED
                             : status == AR_TLS_WRONG_HOST ? AR_END_TLS_WRONG_HOST
                                                           : AR_END_TLS_FAILED;
    ar_conn_fail(conn, reason, 0, ar_tls_reason(conn->tls));
}

static void go_on_with_handshake(ar_conn_t *conn) {
    ar_tls_status_t status = ar_tls_handshake(conn->tls);
    if (ar_out_flush_cipher(conn) != 0) return;
    if (status == AR_TLS_OK) {
        become_ready(conn, 0);
    } else if (status != AR_TLS_WANT_INPUT) {
        tls_failed(conn, status == AR_TLS_CLOSED ? AR_TLS_FAILED : status);
    }
}

static void start_handshake(ar_conn_t *conn) {
    ar_origin_t *origin = conn->origin;
    conn->state = AR_C_HANDSHAKE;
    conn->tls = ar_tls_create(origin->options.tls, origin->host, origin->session, ar_out_tls, conn);
    if (conn->tls == NULL) {
        ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
        return;
    }
    ar_conn_start_reading(conn);
    go_on_with_handshake(conn);
}

/* ---- responses ---------------------------------------------------------------------------------- */

static void response_complete(ar_conn_t *conn, bool clean) {
    conn->state = AR_C_DONE;
    conn->deadline = 0;
    conn->reusable = clean && conn->head->keep_alive;
}

static void head_complete(ar_conn_t *conn) {
    ar_head_t *head = conn->head;
    if (head->status / 100 == 1 && head->status != 101) { /* interim: the final one follows */
        ar_conn_free_message(conn);
        ar_head_init(conn);
        return;
    }
    if (head->status == 101) {
        ar_conn_fail(conn, AR_END_MALFORMED, 0, "switched protocols unasked");
        return;
    }
    conn->state = AR_C_BODY;
    conn->body_left = head->content_length;
    ar_acks_begin(conn);
    ar_conn_set_deadline(conn, conn->origin->options.silence_ms);
    conn->shared->events.on_head(conn->ctx, head);
}

/* Body bytes of this read, which chunks may overwrite; how many belong to the response. *complete when
 * they end it. */
static size_t feed_body(ar_conn_t *conn, const uint8_t *bytes, size_t count, bool *complete) {
    switch (conn->head->framing) {
    case AR_BODY_NONE:
        *complete = true;
        return 0;
    case AR_BODY_CHUNKED: {
        if (count == 0) return 0;
        conn->decoded.count = 0;
        size_t used = ar_chunked_feed(conn, bytes, count);
        *complete = conn->message_done;
        if (conn->decoded.count > 0) conn->shared->events.on_body(conn->ctx, conn->decoded);
        return used;
    }
    case AR_BODY_LENGTH:
        if (count > conn->body_left) count = (size_t)conn->body_left;
        conn->body_left -= count;
        *complete = conn->body_left == 0;
        break;
    default:
        break;
    }
    if (count == 0) return 0;
    if (conn->relay != NULL) {
        conn->relay->chunk_left = conn->body_left;
        ar_relay_body(conn, bytes, count);
    } else {
        conn->shared->events.on_body(conn->ctx, (ar_slice_t){bytes, count});
    }
    return count;
}

static void body_input(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    bool complete = false;
    conn->heard = true; /* the sweep puts the deadline off */
    if (conn->relay != NULL) {
        if (ar_relay_deltas(conn, bytes, count)) return; /* as nearly always */
        ar_relay_begin_read(conn->relay, bytes);
    }
    size_t used = feed_body(conn, bytes, count, &complete);
    if (conn->state != AR_C_BODY) return;
    if (conn->relay != NULL) {
        if (conn->end_due && conn->end_reason == AR_END_MALFORMED)
            used = ar_relay_whole_events(conn, bytes);
        if (used > 0 || !conn->end_due) ar_relay_end_read(conn, bytes, used, complete);
    }
    if (conn->state != AR_C_BODY || conn->end_due) return;
    if (complete) {
        response_complete(conn, used == count);
        conn->shared->events.on_complete(conn->ctx);
    }
}

/* Plain bytes of the response, after TLS. */
static void plain_input(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    if (conn->state == AR_C_BODY && !conn->end_due && !conn->ended) { /* as nearly always */
        body_input(conn, bytes, count);
        return;
    }
    while (count > 0 && conn->state == AR_C_HEAD && !conn->end_due) {
        size_t used = ar_head_feed(conn, bytes, count);
        bytes += used;
        count -= used;
        if (conn->head_done && !conn->end_due) head_complete(conn);
        if (conn->state == AR_C_BODY &&
            !conn->end_due) { /* the head's own turn, with or without body bytes */
            body_input(conn, bytes, count);
            return;
        }
    }
    if (count == 0 || conn->end_due || conn->ended) return;
    if (conn->state == AR_C_POOLED) {
        ar_conn_close(conn);
    } else if (conn->state == AR_C_READY) {
        ar_conn_fail(conn, AR_END_MALFORMED, 0, "sent bytes before it was asked");
    } else if (conn->state == AR_C_DONE) {
        conn->reusable = false;
    }
}

/* Decrypts up to one slab: several records become one write. */
static ar_tls_status_t decrypt(ar_conn_t *conn, uint8_t *room, size_t *filled) {
    ar_tls_status_t status = AR_TLS_OK;
    *filled = 0;
    while (*filled < AR_SLAB_BYTES && status == AR_TLS_OK) {
        size_t part = 0;
        status = ar_tls_read(conn->tls, room + *filled, AR_SLAB_BYTES - *filled, &part);
        if (status == AR_TLS_OK) *filled += part;
    }
    return status;
}

static void tls_input(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    ar_tls_feed(conn->tls, bytes, count);
    if (conn->state == AR_C_HANDSHAKE) {
        go_on_with_handshake(conn);
        if (conn->state == AR_C_HANDSHAKE || conn->end_due || conn->state == AR_CLOSING) return;
    }
    ar_tls_status_t status = AR_TLS_OK;
    while (status == AR_TLS_OK && conn->state != AR_CLOSING && !conn->end_due) {
        uint8_t *room = ar_slab_room(conn->loop, &conn->loop->plain_slab);
        if (room == NULL) {
            ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
            return;
        }
        size_t filled;
        status = decrypt(conn, room, &filled);
        ar_out_flush_cipher(conn); /* it may have sent something, and the slab is everybody's */
        if (filled > 0) plain_input(conn, room, filled);
    }
    if (conn->state == AR_CLOSING || conn->end_due) return;
    if (status == AR_TLS_CLOSED) {
        ar_conn_stop_reading(conn);
        conn->peer_eof = conn->peer_notified = true;
        ar_client_eof(conn, UV_EOF);
    } else if (status < 0) {
        tls_failed(conn, status);
    }
}

void ar_client_input(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    if (conn->tls != NULL) {
        tls_input(conn, bytes, count);
    } else {
        plain_input(conn, bytes, count);
    }
}

/* With TLS an end without close_notify may be an attacker's: only where the message's own framing has
 * told its end is it harmless (and then the state is not AR_C_BODY). */
static bool ends_body(ar_conn_t *conn, int error) {
    return conn->state == AR_C_BODY && conn->head->framing == AR_BODY_TO_END && error == UV_EOF;
}

void ar_client_eof(ar_conn_t *conn, int error) {
    bool orderly = conn->tls == NULL || conn->peer_notified;
    if (conn->state == AR_C_POOLED) {
        ar_conn_close(conn);
    } else if (conn->state == AR_C_DONE) {
        conn->reusable = false;
    } else if (ends_body(conn, error) && orderly) {
        response_complete(conn, false);
        conn->shared->events.on_complete(conn->ctx);
    } else if (conn->state == AR_C_HANDSHAKE) {
        ar_conn_fail(conn, AR_END_TLS_FAILED, error,
                     "closed the connection during the TLS handshake");
    } else if (error != UV_EOF) {
        ar_conn_fail(conn, AR_END_RESET, error, "reset the connection");
    } else {
        bool early = conn->state == AR_C_READY ||
                     (conn->state == AR_C_HEAD && conn->partial_count == 0);
        ar_conn_fail(conn, early ? AR_END_EOF : AR_END_TRUNCATED, 0,
                     early ? "closed the connection without an answer"
                           : "closed the connection inside the answer");
    }
}

void ar_client_timeout(ar_conn_t *conn) {
    switch (conn->state) {
    case AR_C_CONNECTING:
        if (conn->next_address != NULL && !conn->retrying) {
            replace_socket(conn);
            break;
        }
        /* fall through */
    case AR_C_RESOLVING:
    case AR_C_HANDSHAKE:
        ar_conn_fail(conn, AR_END_TIMEOUT_CONNECT, UV_ETIMEDOUT, "could not be reached in time");
        break;
    case AR_C_HEAD:
        ar_conn_fail(conn, AR_END_TIMEOUT_HEAD, UV_ETIMEDOUT, "sent no response head in time");
        break;
    case AR_C_BODY:
        ar_conn_fail(conn, AR_END_TIMEOUT_BODY, UV_ETIMEDOUT, "was silent for too long");
        break;
    default:
        ar_conn_close(conn); /* idle in the pool for long enough */
    }
}

void ar_conn_expect_response(ar_conn_t *conn, int is_head) {
    if (conn->state != AR_C_READY) return;
    conn->no_body = is_head != 0;
    conn->state = AR_C_HEAD;
    if (conn->pending == 0) ar_client_flushed(conn);
}

/* The request is written: from here on the peer's time counts. */
void ar_client_flushed(ar_conn_t *conn) {
    if (conn->state == AR_C_HEAD) ar_conn_set_deadline(conn, conn->origin->options.head_ms);
}

void ar_client_closed(ar_conn_t *conn) {
    if (conn->addresses != NULL) uv_freeaddrinfo(conn->addresses);
    ar_tls_free(conn->tls);
    ar_relay_free(conn);
    ar_origin_drop(conn->origin);
}
