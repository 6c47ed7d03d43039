/* What both sides of a connection share: reading, deadlines, deferred events, the end. */
#include "internal.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

ar_shared_t *ar_shared_create(const ar_conn_events_t *events, const ar_limits_t *limits) {
    ar_shared_t *shared = malloc(sizeof *shared);
    if (shared == NULL) return NULL;
    *shared = (ar_shared_t){.refs = 1, .events = *events, .limits = *limits};
    return shared;
}

void ar_shared_drop(ar_shared_t *shared) {
    if (shared != NULL && --shared->refs == 0) free(shared);
}

ar_conn_t *ar_conn_create(ar_loop_t *loop, ar_shared_t *shared, ar_role_t role) {
    ar_conn_t *conn = calloc(1, sizeof *conn);
    if (conn == NULL) return NULL;
    if (uv_tcp_init(&loop->uv, &conn->tcp) != 0) {
        free(conn);
        return NULL;
    }
    conn->tcp.data = conn;
    conn->handle_open = true;
    conn->fd = -1;
    conn->loop = loop;
    conn->shared = shared;
    shared->refs++;
    conn->role = (uint8_t)role;
    ar_head_init(conn);
    ar_link_init(&conn->due_link);
    ar_link_init(&conn->pool_link);
    ar_link_append(&loop->conns, &conn->link);
    loop->counters.connections++;
    ar_sweep_start(loop);
    return conn;
}

/* ---- reading ------------------------------------------------------------------------------------ */

/* A long body of known length is read where it belongs; everything else into the shared slab. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    (void)suggested;
    ar_conn_t *conn = handle->data;
    if (conn->state == AR_S_BODY && conn->head->framing == AR_BODY_LENGTH && conn->tls == NULL) {
        size_t room = ar_server_body_room(conn);
        if (room > 0) {
            *buf = uv_buf_init((char *)conn->body + conn->body_count, (unsigned)room);
            return;
        }
    }
    ar_slab_t *slab = conn->loop->read_slab;
    *buf = slab->refs == 1 ? uv_buf_init((char *)slab->bytes, AR_SLAB_BYTES)
                           : ar_slab_read_buffer(conn->loop);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf) {
    ar_conn_t *conn = stream->data;
    if (count == 0) return;
    conn->loop->counters.reads++;
    if (count < 0) {
        ar_conn_stop_reading(conn);
        conn->peer_eof = true;
        if (conn->role == AR_SERVER) {
            ar_server_eof(conn, (int)count);
        } else {
            ar_client_eof(conn, (int)count);
        }
        return;
    }
    if (conn->role == AR_SERVER) {
        ar_server_input(conn, (const uint8_t *)buf->base, (size_t)count);
    } else {
        ar_client_input(conn, (const uint8_t *)buf->base, (size_t)count);
        if (conn->state == AR_C_BODY && ++conn->ack_reads == AR_ACK_READS) ar_acks_look(conn);
    }
}

int ar_conn_start_reading(ar_conn_t *conn) {
    if (conn->reading || conn->peer_eof || conn->state == AR_CLOSING) return 0;
    int error = uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read);
    conn->reading = error == 0;
    return error;
}

void ar_conn_stop_reading(ar_conn_t *conn) {
    if (!conn->reading) return;
    uv_read_stop((uv_stream_t *)&conn->tcp);
    conn->reading = false;
}

void ar_conn_pause(ar_conn_t *conn) {
    if (conn->state != AR_C_BODY || conn->paused) return;
    conn->paused = true;
    conn->deadline = 0; /* silence is ours now, not the peer's */
    ar_conn_stop_reading(conn);
}

void ar_conn_resume(ar_conn_t *conn) {
    if (!conn->paused) return;
    conn->paused = false;
    if (conn->state != AR_C_BODY) return;
    ar_conn_set_deadline(conn, conn->origin->options.silence_ms);
    ar_conn_start_reading(conn);
}

/* ---- deferred events ---------------------------------------------------------------------------- */

void ar_conn_defer(ar_conn_t *conn) {
    if (!ar_link_empty(&conn->due_link)) return;
    ar_link_append(&conn->loop->due, &conn->due_link);
    ar_loop_start_defer(conn->loop);
}

void ar_conn_fail(ar_conn_t *conn, ar_end_reason_t reason, int system, const char *detail) {
    if (conn->state == AR_C_POOLED || (conn->finishing && reason == AR_END_RESET)) {
        ar_conn_close(conn); /* nobody is left to tell */
    }
    if (conn->ended || conn->end_due || conn->state == AR_CLOSING) return;
    conn->end_due = true;
    conn->end_reason = (uint8_t)reason;
    conn->end_system = system;
    conn->end_detail = detail;
    conn->deadline = 0;
    ar_conn_stop_reading(conn);
    ar_conn_defer(conn);
}

void ar_conn_run_due(ar_conn_t *conn) {
    if (conn->state == AR_CLOSING) return;
    if (conn->drained_due) {
        conn->drained_due = false;
        conn->shared->events.on_drained(conn->ctx);
    }
    if (conn->end_due && conn->state != AR_CLOSING) {
        conn->end_due = false;
        conn->ended = true;
        ar_end_t end = {conn->end_reason, conn->end_system, conn->end_detail};
        conn->shared->events.on_end(conn->ctx, &end);
        return;
    }
    if (conn->role == AR_SERVER && conn->state != AR_CLOSING) ar_server_resume(conn);
}

/* ---- deadlines ---------------------------------------------------------------------------------- */

void ar_conn_set_deadline(ar_conn_t *conn, uint32_t ms) {
    conn->deadline = ms == 0 ? 0 : uv_now(&conn->loop->uv) + ms;
}

/* Bytes wait for the peer: has it taken any since the last look? */
static void sweep_output(ar_conn_t *conn, uint64_t now) {
    size_t queued = uv_stream_get_write_queue_size((uv_stream_t *)&conn->tcp);
    if (conn->stall_deadline == 0 || queued != conn->stall_mark) {
        conn->stall_mark = queued;
        conn->stall_deadline = now + conn->shared->limits.write_ms;
    } else if (now >= conn->stall_deadline) {
        conn->stall_deadline = 0;
        if (conn->finishing) {
            ar_conn_close(conn);
        } else {
            ar_conn_fail(conn, AR_END_TIMEOUT_WRITE, UV_ETIMEDOUT, "the peer takes no bytes");
        }
    }
}

/* A client that has pipelined more than is kept is not read, so its leaving is not heard: asked for. */
static void sweep_unread(ar_conn_t *conn) {
    struct tcp_info info;
    socklen_t size = sizeof info;
    if (getsockopt(conn->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
    if (info.tcpi_state != TCP_ESTABLISHED)
        ar_conn_fail(conn, AR_END_EOF, 0, "the client closed the connection");
}

void ar_conn_sweep(ar_conn_t *conn, uint64_t now) {
    if (conn->state == AR_CLOSING) return;
    if (conn->heard) {
        conn->heard = false;
        if (conn->deadline != 0 && conn->state == AR_C_BODY)
            ar_conn_set_deadline(conn, conn->origin->options.silence_ms);
    }
    if (conn->state == AR_S_BUSY && !conn->reading && !conn->peer_eof) sweep_unread(conn);
    if (conn->state == AR_CLOSING) return;
    if (conn->pending > 0) sweep_output(conn, now);
    if (conn->deadline == 0 || now < conn->deadline || conn->state == AR_CLOSING) return;
    conn->deadline = 0;
    if (conn->role == AR_SERVER) {
        ar_server_timeout(conn);
    } else {
        ar_client_timeout(conn);
    }
}

/* ---- the end ------------------------------------------------------------------------------------ */

void ar_conn_free_message(ar_conn_t *conn) {
    free(conn->head);
    free(conn->body);
    free(conn->partial);
    free(conn->partial_fields);
    conn->head = NULL;
    conn->body = NULL;
    conn->partial = NULL;
    conn->partial_fields = NULL;
    conn->body_count = conn->body_capacity = 0;
    conn->partial_count = conn->partial_capacity = 0;
}

void ar_conn_maybe_free(ar_conn_t *conn) {
    if (conn->handle_open || conn->resolving) return;
    ar_loop_t *loop = conn->loop;
    if (conn->ctx != NULL) conn->shared->events.on_closed(conn->ctx);
    ar_out_discard(conn);
    ar_conn_free_message(conn);
    free(conn->stash);
    free(conn->out_req);
    if (conn->role == AR_CLIENT) ar_client_closed(conn);
    ar_link_remove(&conn->link);
    ar_link_remove(&conn->due_link);
    ar_shared_drop(conn->shared);
    loop->counters.connections--;
    free(conn);
}

static void on_handle_closed(uv_handle_t *handle) {
    ar_conn_t *conn = handle->data;
    conn->handle_open = false;
    ar_conn_maybe_free(conn);
}

void ar_conn_close(ar_conn_t *conn) {
    if (conn->state == AR_CLOSING) return;
    if (conn->relay != NULL) ar_relay_free(conn);
    if (conn->source != NULL) ar_conn_relay_detach(conn->source);
    if (conn->state == AR_C_POOLED) {
        ar_pool_remove(conn);
        conn->state = AR_C_DONE; /* the last words may fail, and must not end up here again */
    }
    if (conn->tls != NULL && !conn->ended) {
        ar_tls_close_notify(conn->tls);
        ar_out_flush_cipher(conn);
    }
    conn->state = AR_CLOSING;
    conn->reading = false;
    conn->deadline = 0;
    /* While the socket is being replaced its own close callback goes on from here. */
    if (!conn->retrying && conn->handle_open) uv_close((uv_handle_t *)&conn->tcp, on_handle_closed);
}

void ar_conn_reset(ar_conn_t *conn) {
    if (conn->state == AR_CLOSING) return;
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ar_conn_close(conn);
}

size_t ar_conn_pending(const ar_conn_t *conn) { return conn->pending; }
