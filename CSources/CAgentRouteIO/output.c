/* Writing: at once where the socket takes it; what it leaves waits in slabs of its own. */
#include "internal.h"

#include <errno.h>
#include <sys/socket.h>

static bool queue_node(ar_conn_t *conn, ar_slab_t *slab, const uint8_t *bytes, size_t count) {
    ar_out_t *node = malloc(sizeof *node);
    if (node == NULL) return false;
    *node = (ar_out_t){NULL, slab, bytes, count};
    if (slab != NULL) slab->refs++;
    if (conn->out_last != NULL) {
        conn->out_last->next = node;
    } else {
        conn->out_first = node;
    }
    conn->out_last = node;
    conn->pending += count;
    return true;
}

/* Into the room left in the newest slab of the queue, then into new ones. */
static bool queue_copy(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
    ar_out_t *last = conn->out_last;
    if (last != NULL && last->slab != NULL && last->slab->used > 0) {
        size_t room = last->slab->capacity - last->slab->used;
        size_t part = count < room ? count : room;
        memcpy(last->slab->bytes + last->slab->used, bytes, part);
        last->slab->used += (uint32_t)part;
        last->count += part;
        conn->pending += part;
        bytes += part;
        count -= part;
    }
    if (count == 0) return true;
    size_t capacity = conn->pending == 0 ? AR_SMALL_SLAB_BYTES : AR_SMALL_SLAB_BYTES * 4;
    ar_slab_t *slab = ar_slab_get(conn->loop, count > capacity ? count : capacity);
    if (slab == NULL) return false;
    memcpy(slab->bytes, bytes, count);
    slab->used = (uint32_t)count;
    bool queued = queue_node(conn, slab, slab->bytes, count);
    ar_slab_drop(conn->loop, slab); /* the node holds it now */
    return queued;
}

static void pop_nodes(ar_conn_t *conn, uint32_t count) {
    while (count-- > 0 && conn->out_first != NULL) {
        ar_out_t *node = conn->out_first;
        conn->out_first = node->next;
        if (conn->out_first == NULL) conn->out_last = NULL;
        conn->pending -= node->count;
        ar_slab_drop(conn->loop, node->slab);
        free(node);
    }
}

void ar_out_discard(ar_conn_t *conn) { pop_nodes(conn, UINT32_MAX); }

static size_t pending_of(const ar_conn_t *conn, uint32_t nodes) {
    size_t count = 0;
    for (const ar_out_t *node = conn->out_first; node != NULL && nodes-- > 0; node = node->next)
        count += node->count;
    return count;
}

static void start_write(ar_conn_t *conn);

/* The peer takes no more. A provider that has refused a request before it was all there may have said
 * why: what it sent is still to be read, and the read tells the end. */
static void broken(ar_conn_t *conn, int error) {
    bool asked = conn->state == AR_C_HEAD || conn->state == AR_C_BODY ||
                 (conn->state == AR_C_READY && conn->sent > 0);
    if (conn->role == AR_CLIENT && asked) {
        conn->write_broken = true;
        ar_out_discard(conn);
        ar_out_flushed(conn);
    } else {
        ar_conn_fail(conn, AR_END_RESET, error, "the connection broke while writing");
    }
}

static void on_written(uv_write_t *req, int status) {
    ar_out_req_t *out = req->data;
    ar_conn_t *conn = out->conn;
    uint32_t nodes = out->nodes;
    out->nodes = 0;
    if (conn->state == AR_CLOSING) return; /* freed with the connection */
    conn->loop->counters.writes++;
    conn->sent += status < 0 ? 1
                             : pending_of(conn, nodes); /* of a failed write some may have gone */
    pop_nodes(conn, nodes);
    conn->stall_deadline = 0;
    if (status < 0) {
        broken(conn, status);
        return;
    }
    if (conn->out_first != NULL) {
        start_write(conn);
    } else {
        free(out);
        conn->out_req = NULL;
    }
    ar_out_flushed(conn);
}

static void start_write(ar_conn_t *conn) {
    if (conn->out_req == NULL) {
        conn->out_req = malloc(sizeof *conn->out_req);
        if (conn->out_req == NULL) {
            ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
            return;
        }
        conn->out_req->conn = conn;
        conn->out_req->req.data = conn->out_req;
    }
    uv_buf_t bufs[AR_MAX_SLICES];
    uint32_t count = 0;
    for (ar_out_t *node = conn->out_first; node != NULL && count < AR_MAX_SLICES;
         node = node->next) {
        bufs[count++] = uv_buf_init((char *)node->bytes, (unsigned)node->count);
        if (node->slab != NULL)
            node->slab->used = 0; /* closed: nothing is added to what is being written */
    }
    conn->out_req->nodes = count;
    int error = uv_write(&conn->out_req->req, (uv_stream_t *)&conn->tcp, bufs, count, on_written);
    if (error != 0) {
        conn->out_req->nodes = 0;
        broken(conn, error);
    }
}

void ar_out_flushed(ar_conn_t *conn) {
    if (conn->pending < conn->shared->limits.low_water) {
        ar_relay_receiver_flushed(conn);
        if (!conn->ended) {
            conn->drained_due = true;
            ar_conn_defer(conn);
        }
    }
    if (conn->pending > 0) return;
    if (conn->role == AR_SERVER) {
        ar_server_flushed(conn);
    } else {
        ar_client_flushed(conn);
    }
}

/* Queues what is left of `bufs` after `sent` bytes. */
static bool queue_rest(ar_conn_t *conn, const uv_buf_t *bufs, uint32_t count, size_t sent,
                       ar_slab_t *slab, uint32_t borrowed) {
    for (uint32_t i = 0; i < count; i++) {
        if (sent >= bufs[i].len) {
            sent -= bufs[i].len;
            continue;
        }
        const uint8_t *rest = (const uint8_t *)bufs[i].base + sent;
        size_t left = bufs[i].len - sent;
        sent = 0;
        bool in_slab = slab != NULL && rest >= slab->bytes && rest < slab->bytes + slab->capacity;
        bool queued;
        if (borrowed & (1u << i)) {
            queued = queue_node(conn, NULL, rest, left);
        } else if (in_slab && left >= AR_RETAIN_BYTES) {
            slab->used = 0; /* a read slab is never added to */
            queued = queue_node(conn, slab, rest, left);
        } else {
            queued = queue_copy(conn, rest, left);
        }
        if (!queued) return false;
    }
    return true;
}

static const char *gather(char *room, const uv_buf_t *bufs, uint32_t count) {
    char *at = room;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(at, bufs[i].base, bufs[i].len);
        at += bufs[i].len;
    }
    return room;
}

/* Straight to the socket: queued writes of libuv's cost an epoll_ctl each and half as much again. Little
 * in several parts is put together first: that costs less than what the kernel does for a list.
 * Bytes taken, 0 when the socket is full, or a negative error. */
static ssize_t send_now(ar_conn_t *conn, const uv_buf_t *bufs, uint32_t count, size_t total) {
    char room[AR_GATHER_BYTES];
    const char *whole = count == 1             ? bufs[0].base
                        : total <= sizeof room ? gather(room, bufs, count)
                                               : NULL;
    ssize_t sent;
    do {
        if (whole != NULL) {
            sent = send(conn->fd, whole, total, MSG_NOSIGNAL);
        } else {
            /* On Unix a uv_buf_t is an iovec (libuv's documentation of the type). */
            struct msghdr message = {.msg_iov = (struct iovec *)bufs, .msg_iovlen = count};
            sent = sendmsg(conn->fd, &message, MSG_NOSIGNAL);
        }
    } while (sent < 0 && errno == EINTR);
    conn->loop->counters.writes++;
    if (sent >= 0) return sent;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS ? 0 : -errno;
}

int ar_out_send(ar_conn_t *conn, const uv_buf_t *bufs, uint32_t count, ar_slab_t *slab,
                uint32_t borrowed) {
    if (conn->state == AR_CLOSING || conn->end_reason == AR_END_RESET) return -1;
    size_t total = 0, sent = 0;
    for (uint32_t i = 0; i < count; i++) total += bufs[i].len;
    if (total == 0) return 0;
    bool first = conn->pending == 0;
    if (first) {
        ssize_t result = send_now(conn, bufs, count, total);
        if (result < 0) {
            broken(conn, (int)result);
            return -1;
        }
        sent = (size_t)result;
        conn->sent += sent;
        if (sent == total) return 0;
        conn->loop->counters.partial_writes++;
    }
    if (!queue_rest(conn, bufs, count, sent, slab, borrowed)) {
        ar_conn_fail(conn, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
        return -1;
    }
    if (first) {
        conn->stall_deadline = 0;
        start_write(conn);
    }
    return 0;
}

/* ---- TLS: one write becomes one run of ciphertext ----------------------------------------------- */

int ar_out_flush_cipher(ar_conn_t *conn) {
    ar_slab_t *slab = conn->loop->cipher_slab;
    if (slab == NULL || slab->used == 0) return 0;
    uv_buf_t buf = uv_buf_init((char *)slab->bytes, slab->used);
    slab->used = 0;
    return ar_out_send(conn, &buf, 1, NULL, 0);
}

int ar_out_tls(void *ctx, const uint8_t *bytes, size_t count) {
    ar_conn_t *conn = ctx;
    ar_loop_t *loop = conn->loop;
    if (loop->cipher_slab == NULL) loop->cipher_slab = ar_slab_get(loop, AR_SLAB_BYTES);
    if (loop->cipher_slab == NULL) return -1;
    while (count > 0) {
        ar_slab_t *slab = loop->cipher_slab;
        size_t room = slab->capacity - slab->used;
        size_t part = count < room ? count : room;
        memcpy(slab->bytes + slab->used, bytes, part);
        slab->used += (uint32_t)part;
        bytes += part;
        count -= part;
        if (slab->used == slab->capacity && ar_out_flush_cipher(conn) != 0) return -1;
    }
    return 0;
}

static int write_tls(ar_conn_t *conn, const ar_slice_t *slices, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (slices[i].count == 0) continue;
        if (ar_tls_write(conn->tls, slices[i].bytes, slices[i].count) != AR_TLS_OK) {
            ar_conn_fail(conn, AR_END_TLS_FAILED, 0, ar_tls_reason(conn->tls));
            if (conn->loop->cipher_slab != NULL) conn->loop->cipher_slab->used = 0;
            return -1;
        }
    }
    return ar_out_flush_cipher(conn);
}

/* ---- the caller's writes ------------------------------------------------------------------------ */

int ar_conn_write(ar_conn_t *conn, const ar_slice_t *slices, uint32_t count, uint32_t borrowed) {
    if (conn->state == AR_CLOSING || count > AR_MAX_SLICES) return -1;
    if (conn->tls != NULL) return write_tls(conn, slices, count);
    uv_buf_t bufs[AR_MAX_SLICES];
    uint32_t used = 0, kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (slices[i].count == 0) continue;
        if (borrowed & (1u << i)) kept |= 1u << used;
        bufs[used++] = uv_buf_init((char *)slices[i].bytes, (unsigned)slices[i].count);
    }
    return ar_out_send(conn, bufs, used, NULL, kept);
}

uint64_t ar_conn_sent(const ar_conn_t *conn) { return conn->sent; }

int ar_conn_write_chunk(ar_conn_t *conn, const ar_slice_t *slices, uint32_t count) {
    size_t total = 0;
    for (uint32_t i = 0; i < count; i++) total += slices[i].count;
    if (total == 0) return 0;
    if (count > AR_MAX_SLICES - 2) return -1;
    char size[24];
    int size_count = snprintf(size, sizeof size, "%zx\r\n", total);
    ar_slice_t framed[AR_MAX_SLICES];
    framed[0] = (ar_slice_t){(const uint8_t *)size, (size_t)size_count};
    memcpy(framed + 1, slices, count * sizeof *slices);
    framed[count + 1] = (ar_slice_t){(const uint8_t *)"\r\n", 2};
    return ar_conn_write(conn, framed, count + 2, 0);
}
