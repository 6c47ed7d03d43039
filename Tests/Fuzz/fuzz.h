/* What the fuzz targets share: a loop whose connections lead nowhere, and a reader of the input. */
#ifndef FUZZ_H
#define FUZZ_H

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"

/* Stops with a report that names the place; the fuzzer keeps the input. */
#define REQUIRE(condition)                                                          \
    do {                                                                            \
        if (!(condition)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                \
        }                                                                           \
    } while (0)

static inline void fuzz_ignore_wake(void *ctx) { (void)ctx; }

/* One loop for all inputs. */
static inline ar_loop_t *fuzz_loop(void) {
    static const ar_loop_events_t events = {.on_wake = fuzz_ignore_wake};
    static ar_loop_t *loop;
    if (loop == NULL) loop = ar_loop_create(&events, NULL);
    REQUIRE(loop != NULL);
    return loop;
}

static inline void fuzz_settle(void) {
    for (int turn = 0; turn < 4; turn++) ar_loop_poll(fuzz_loop());
}

static inline ar_limits_t fuzz_limits(void) {
    return (ar_limits_t){.head_bytes = 2048,
                         .body_bytes = 4096,
                         .write_ms = 1000,
                         .high_water = 1 << 20,
                         .low_water = 1 << 16};
}

/* A connection over a socket pair, not yet reading. */
static inline ar_conn_t *fuzz_connection(ar_shared_t *shared, ar_role_t role, int *peer) {
    int fds[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    ar_conn_t *conn = ar_conn_create(fuzz_loop(), shared, role);
    REQUIRE(conn != NULL && uv_tcp_open(&conn->tcp, fds[0]) == 0);
    conn->fd = fds[0];
    *peer = fds[1];
    return conn;
}

static inline ar_conn_t *fuzz_client(ar_origin_t *origin, void *ctx, int *peer) {
    ar_conn_t *conn = fuzz_connection(origin->shared, AR_CLIENT, peer);
    conn->origin = origin;
    origin->refs++;
    conn->ctx = ctx;
    conn->state = AR_C_READY;
    ar_conn_expect_response(conn, 0);
    return conn;
}

/* Hands `count` bytes to `feed` in pieces of their own memory: a byte read too far, or too late, is
 * seen. The pieces' sizes repeat the `pattern`; 0 stands for the rest. */
static inline void fuzz_feed(const uint8_t *bytes, size_t count, const uint8_t pattern[4],
                             bool (*feed)(void *ctx, const uint8_t *bytes, size_t count),
                             void *ctx) {
    for (size_t at = 0, i = 0; at < count; i++) {
        size_t part = pattern[i % 4];
        if (part == 0 || part > count - at) part = count - at;
        uint8_t *piece = malloc(part);
        REQUIRE(piece != NULL);
        memcpy(piece, bytes + at, part);
        bool goes_on = feed(ctx, piece, part);
        free(piece);
        if (!goes_on) return;
        at += part;
    }
}

#endif
