/* Origins and their idle connections. */
#include "internal.h"

#include <errno.h>
#include <sys/socket.h>

ar_origin_t *ar_origin_create(ar_loop_t *loop, const ar_origin_options_t *options,
                              const ar_conn_events_t *conn_events) {
    ar_origin_t *origin = calloc(1, sizeof *origin);
    if (origin == NULL) return NULL;
    origin->loop = loop;
    origin->options = *options;
    origin->host = strdup(options->host);
    origin->options.host = origin->host;
    origin->shared = ar_shared_create(conn_events, &options->limits);
    origin->session = options->tls != NULL ? ar_tls_session_create() : NULL;
    origin->refs = 1;
    ar_link_init(&origin->idle);
    if (options->tls != NULL) ar_tls_context_retain(options->tls);
    bool ok = origin->host != NULL && origin->shared != NULL &&
              (options->tls == NULL || origin->session != NULL);
    if (!ok) {
        ar_origin_drop(origin);
        return NULL;
    }
    return origin;
}

void ar_origin_drop(ar_origin_t *origin) {
    if (--origin->refs > 0) return;
    ar_tls_session_free(origin->session);
    ar_tls_context_release(origin->options.tls);
    ar_shared_drop(origin->shared);
    free(origin->host);
    free(origin);
}

void ar_origin_free(ar_origin_t *origin) {
    origin->closed = true;
    while (!ar_link_empty(&origin->idle)) {
        ar_conn_close(AR_CONTAINER(origin->idle.next, ar_conn_t, pool_link));
    }
    ar_origin_drop(origin);
}

uint32_t ar_origin_idle_count(const ar_origin_t *origin) { return origin->idle_count; }

void ar_pool_remove(ar_conn_t *conn) {
    ar_link_remove(&conn->pool_link);
    conn->origin->idle_count--;
}

/* A peer may have closed, or sent something out of turn, since the loop last looked. */
static bool is_alive(ar_conn_t *conn) {
    uint8_t byte;
    ssize_t count = recv(conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static ar_conn_t *take_pooled(ar_origin_t *origin) {
    while (!ar_link_empty(&origin->idle)) {
        ar_conn_t *conn = AR_CONTAINER(origin->idle.prev, ar_conn_t, pool_link);
        if (!is_alive(conn)) {
            ar_conn_close(conn);
            continue;
        }
        ar_pool_remove(conn);
        return conn;
    }
    return NULL;
}

ar_conn_t *ar_origin_connect(ar_origin_t *origin, int pooled, void *ctx) {
    ar_conn_t *conn = pooled ? take_pooled(origin) : NULL;
    if (conn != NULL) {
        conn->ctx = ctx;
        conn->state = AR_C_READY;
        conn->deadline = 0;
        conn->sent = 0;
        conn->shared->events.on_ready(ctx, 1);
        return conn;
    }
    conn = ar_conn_create(origin->loop, origin->shared, AR_CLIENT);
    if (conn == NULL) return NULL;
    conn->origin = origin;
    origin->refs++;
    conn->ctx = ctx;
    ar_client_connect(conn);
    return conn;
}

void ar_conn_release(ar_conn_t *conn) {
    if (conn->state == AR_CLOSING) return;
    ar_origin_t *origin = conn->origin;
    bool keep = conn->state == AR_C_DONE && conn->reusable && !conn->write_broken &&
                !conn->peer_eof && !conn->end_due && !conn->ended && conn->pending == 0 &&
                !origin->closed && origin->idle_count < origin->options.pool_size;
    if (!keep) {
        ar_conn_close(conn);
        return;
    }
    void *ctx = conn->ctx;
    conn->ctx = NULL;
    ar_relay_free(conn);
    ar_conn_free_message(conn);
    ar_head_init(conn);
    conn->drained_due = false;
    conn->paused = false;
    conn->reusable = false;
    conn->state = AR_C_POOLED;
    ar_conn_set_deadline(conn, origin->options.pool_idle_ms);
    ar_link_append(&origin->idle, &conn->pool_link);
    origin->idle_count++;
    ar_conn_start_reading(conn);
    conn->shared->events.on_closed(ctx);
}
