/* How a stream's pieces are acknowledged to the provider.
 *
 * Linux acknowledges a small piece at once when it is read, unless it takes the connection for an
 * interactive one; then it waits up to 40 ms for a second piece. For pieces that come closer together
 * that is half the acknowledgements, and 5% of what an event costs. The price: a provider that leaves
 * Nagle's algorithm on holds its next piece until then. So an origin is on trial: one that makes the
 * kernel wait in vain, though its pieces come fast, is acknowledged at once for a long time. */
#include "internal.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum {
    FAST_MS = 30, /* apart on average, the pieces are close enough together */
    TRUST_LOST = 4,
    TRUST_MOST = 16,
    BLAME_MS = 1000, /* a machine that stops for a moment hits all streams, and is blamed once */
    FORGET_MS = 600000,
};

#ifdef __linux__

/* Whether a wait of 40 ms has gone by in vain since the last look: it ends the kernel's waiting. */
static bool has_stopped_waiting(const ar_conn_t *conn) {
    int at_once = 1;
    socklen_t size = sizeof at_once;
    return getsockopt(conn->fd, IPPROTO_TCP, TCP_QUICKACK, &at_once, &size) != 0 || at_once != 0;
}

static void start_waiting(const ar_conn_t *conn) {
    int at_once = 0;
    setsockopt(conn->fd, IPPROTO_TCP, TCP_QUICKACK, &at_once, sizeof at_once);
}

#else

static bool has_stopped_waiting(const ar_conn_t *conn) { return conn == NULL; }
static void start_waiting(const ar_conn_t *conn) { (void)conn; }

#endif

void ar_acks_begin(ar_conn_t *conn) {
    conn->acks_wait = false;
    conn->ack_reads = 0;
    conn->ack_mark = uv_now(&conn->loop->uv);
}

static void blame(ar_origin_t *origin, uint64_t now) {
    if (now < origin->ack_blamed + BLAME_MS) return;
    origin->ack_blamed = now;
    origin->ack_trust -= TRUST_LOST;
}

static bool is_trusted(ar_origin_t *origin, uint64_t now) {
    if (origin->ack_trust < 0 && now > origin->ack_blamed + FORGET_MS) origin->ack_trust = 0;
    return origin->ack_trust >= 0;
}

void ar_acks_look(ar_conn_t *conn) {
    ar_origin_t *origin = conn->origin;
    uint64_t now = uv_now(&conn->loop->uv);
    bool fast = now - conn->ack_mark < (uint64_t)AR_ACK_READS * FAST_MS;
    conn->ack_mark = now;
    conn->ack_reads = 0;
    if (conn->acks_wait && !has_stopped_waiting(conn)) {
        if (origin->ack_trust < TRUST_MOST) origin->ack_trust++;
        return;
    }
    if (conn->acks_wait && fast) blame(origin, now);
    conn->acks_wait = fast && is_trusted(origin, now);
    if (conn->acks_wait) start_waiting(conn);
}
