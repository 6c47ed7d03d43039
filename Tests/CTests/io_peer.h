/* The I/O tests' ground: a loop that is polled, growing buffers, raw sockets as the other ends, and
 * connections over socket pairs, where what one end has sent is there for the other at once. */
#ifndef IO_PEER_H
#define IO_PEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "internal.h"

/* ---- bytes -------------------------------------------------------------------------------------- */

typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
} buffer_t;

static inline void buffer_add(buffer_t *buffer, const void *bytes, size_t count) {
    if (buffer->count + count > buffer->capacity) {
        buffer->capacity = (buffer->count + count) * 2;
        buffer->bytes = realloc(buffer->bytes, buffer->capacity);
        if (buffer->bytes == NULL) abort();
    }
    if (count > 0) memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
}

static inline void buffer_text(buffer_t *buffer, const char *text) {
    buffer_add(buffer, text, strlen(text));
}

__attribute__((format(printf, 2, 3))) static inline void buffer_print(buffer_t *buffer,
                                                                      const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buffer_text(buffer, text);
}

static inline void buffer_free(buffer_t *buffer) {
    free(buffer->bytes);
    *buffer = (buffer_t){0};
}

static inline bool buffer_is(const buffer_t *buffer, const void *bytes, size_t count) {
    return buffer->count == count && (count == 0 || memcmp(buffer->bytes, bytes, count) == 0);
}

static inline bool buffer_reads(const buffer_t *buffer, const char *text) {
    return buffer_is(buffer, text, strlen(text));
}

static inline ar_slice_t slice_of(const char *text) {
    return (ar_slice_t){(const uint8_t *)text, strlen(text)};
}

/* ---- the loop ----------------------------------------------------------------------------------- */

static inline void ignore_wake(void *ctx) { (void)ctx; }

static inline ar_loop_t *loop_open(void) {
    static const ar_loop_events_t events = {.on_wake = ignore_wake};
    ar_loop_t *loop = ar_loop_create(&events, NULL);
    if (loop == NULL) abort();
    return loop;
}

/* Everything that is ready, and what becomes due by it. */
static inline void settle(ar_loop_t *loop) {
    for (int turn = 0; turn < 4; turn++) ar_loop_poll(loop);
}

/* One turn, after a wait for something to be ready. The wait is short: a peer may be one of the
 * test's own sockets, which the loop does not watch. */
static inline void turn(ar_loop_t *loop) {
    struct pollfd ready = {.fd = uv_backend_fd(&loop->uv), .events = POLLIN};
    poll(&ready, 1, 1);
    ar_loop_poll(loop);
}

/* Turns the loop until `condition` holds, at most ten seconds; answers whether it does. */
#define TURN_UNTIL(loop, condition)                       \
    ({                                                    \
        uint64_t turn_end = ar_clock_ns() + 10000000000u; \
        bool turn_held = (condition);                     \
        while (!turn_held && ar_clock_ns() < turn_end) {  \
            turn(loop);                                   \
            turn_held = (condition);                      \
        }                                                 \
        turn_held;                                        \
    })

static inline ar_limits_t limits_default(void) {
    return (ar_limits_t){.head_bytes = 65536,
                         .body_bytes = 1 << 20,
                         .head_ms = 5000,
                         .body_ms = 5000,
                         .idle_ms = 5000,
                         .write_ms = 5000,
                         .high_water = 262144,
                         .low_water = 65536};
}

/* ---- raw sockets -------------------------------------------------------------------------------- */

static inline struct sockaddr_in loopback(uint16_t port) {
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static inline int peer_dial(uint16_t port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(port);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

/* Listens on a free port of the loopback address. */
static inline int peer_listen(uint16_t *port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    CHECK(bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 16) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    *port = ntohs(address.sin_port);
    return fd;
}

/* The next connection, or -1 when none waits. */
static inline int peer_accept(int fd) {
    return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

/* Sends as much as the socket takes; how much that was. */
static inline size_t peer_send_some(int fd, const void *bytes, size_t count) {
    ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
    return sent > 0 ? (size_t)sent : 0;
}

/* Sends what fits a socket's buffer for certain. */
static inline void peer_send(int fd, const void *bytes, size_t count) {
    CHECK(peer_send_some(fd, bytes, count) == count);
}

static inline void peer_say(int fd, const char *text) { peer_send(fd, text, strlen(text)); }

/* Adds to `buffer` what has come, at most `limit` bytes; false once the other side has ended. */
static inline bool peer_read(int fd, buffer_t *buffer, size_t limit) {
    uint8_t bytes[65536];
    while (limit > 0) {
        ssize_t count = recv(fd, bytes, limit < sizeof bytes ? limit : sizeof bytes, MSG_DONTWAIT);
        if (count < 0) return errno == EAGAIN;
        if (count == 0) return false;
        buffer_add(buffer, bytes, (size_t)count);
        limit -= (size_t)count;
    }
    return true;
}

/* Closes with a reset instead of an end. */
static inline void peer_reset(int fd) {
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

/* ---- connections over a socket pair ------------------------------------------------------------- */

/* An open connection of `role` whose other end is *peer. Its state is for the caller to set. */
static inline ar_conn_t *pair_open(ar_loop_t *loop, ar_shared_t *shared, ar_role_t role,
                                   int *peer) {
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) abort();
    ar_conn_t *conn = ar_conn_create(loop, shared, role);
    if (conn == NULL || uv_tcp_open(&conn->tcp, fds[0]) != 0) abort();
    conn->fd = fds[0];
    *peer = fds[1];
    return conn;
}

static inline ar_conn_t *pair_server(ar_loop_t *loop, ar_shared_t *shared, void *ctx, int *peer) {
    ar_conn_t *conn = pair_open(loop, shared, AR_SERVER, peer);
    conn->ctx = ctx;
    conn->state = AR_S_IDLE;
    ar_conn_set_deadline(conn, shared->limits.idle_ms);
    ar_conn_start_reading(conn);
    return conn;
}

/* A connection to `origin` that is ready for a request. */
static inline ar_conn_t *pair_client(ar_origin_t *origin, void *ctx, int *peer) {
    ar_conn_t *conn = pair_open(origin->loop, origin->shared, AR_CLIENT, peer);
    conn->ctx = ctx;
    conn->origin = origin;
    origin->refs++;
    conn->state = AR_C_READY;
    ar_conn_start_reading(conn);
    return conn;
}

#endif
