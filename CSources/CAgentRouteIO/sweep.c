/* The coarse clock of the connections' deadlines: one sweep over all of them instead of a timer for
 * each, so that an event costs a store and not a heap operation.
 *
 * On Linux a timer of the kernel's that is waited for like a socket: with libuv's own every wait of the
 * loop would set a time limit and take it back. */
#include "internal.h"

#include <errno.h>
#include <unistd.h>

static void stop_clock(ar_loop_t *loop);

static void sweep(ar_loop_t *loop) {
    uint64_t now = uv_now(&loop->uv);
    ar_link_t *next;
    for (ar_link_t *l = loop->conns.next; l != &loop->conns; l = next) {
        next = l->next;
        ar_conn_sweep(AR_CONTAINER(l, ar_conn_t, link), now);
    }
    if (ar_link_empty(&loop->conns)) stop_clock(loop);
}

#ifdef __linux__

#include <sys/timerfd.h>

static void set_clock(int fd, long ms) {
    struct timespec interval = {ms / 1000, ms % 1000 * 1000000};
    timerfd_settime(fd, 0, &(struct itimerspec){interval, interval}, NULL);
}

static void clock_ticked(uv_poll_t *handle, int status, int events) {
    (void)status;
    (void)events;
    ar_loop_t *loop = handle->data;
    uint64_t ticks;
    if (read(loop->sweep.fd, &ticks, sizeof ticks) > 0) sweep(loop);
}

static void start_clock(ar_loop_t *loop) {
    set_clock(loop->sweep.fd, AR_SWEEP_MS);
    uv_poll_start(&loop->sweep.handle, UV_READABLE, clock_ticked);
}

static void stop_clock(ar_loop_t *loop) {
    uv_poll_stop(&loop->sweep.handle);
    set_clock(loop->sweep.fd, 0);
}

static void clock_closed(uv_handle_t *handle) { close(((ar_loop_t *)handle->data)->sweep.fd); }

int ar_sweep_init(ar_loop_t *loop) {
    loop->sweep.handle.data = loop;
    loop->sweep.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (loop->sweep.fd < 0) return -errno;
    int error = uv_poll_init(&loop->uv, &loop->sweep.handle, loop->sweep.fd);
    if (error != 0) close(loop->sweep.fd);
    return error;
}

#else

static void clock_ticked(uv_timer_t *handle) { sweep(handle->data); }

static void start_clock(ar_loop_t *loop) {
    uv_timer_start(&loop->sweep.handle, clock_ticked, AR_SWEEP_MS, AR_SWEEP_MS);
}

static void stop_clock(ar_loop_t *loop) { uv_timer_stop(&loop->sweep.handle); }

static void clock_closed(uv_handle_t *handle) { (void)handle; }

int ar_sweep_init(ar_loop_t *loop) {
    int error = uv_timer_init(&loop->uv, &loop->sweep.handle);
    loop->sweep.handle.data = loop;
    return error;
}

#endif

void ar_sweep_start(ar_loop_t *loop) {
    if (uv_is_active((uv_handle_t *)&loop->sweep.handle)) return;
    uv_update_time(&loop->uv); /* it may be long since the loop last ran */
    start_clock(loop);
}

void ar_sweep_close(ar_loop_t *loop) { uv_close((uv_handle_t *)&loop->sweep.handle, clock_closed); }
