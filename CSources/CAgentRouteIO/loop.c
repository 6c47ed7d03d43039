/* The loop, its coarse clock for deadlines, timers and signals. */
#include "internal.h"

#include <pthread.h>
#include <time.h>

uint64_t ar_clock_ns(void) { return uv_hrtime(); }

uint64_t ar_wall_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

const char *ar_error_text(int error) { return uv_strerror(error); }

static void wake_fired(uv_async_t *wake) {
    ar_loop_t *loop = wake->data;
    loop->events.on_wake(loop->ctx);
}

static void defer_fired(uv_idle_t *defer) {
    ar_loop_t *loop = defer->data;
    uv_idle_stop(defer);
    ar_link_t batch;
    ar_link_init(&batch);
    if (!ar_link_empty(&loop->due)) { /* what becomes due meanwhile waits for the next turn */
        batch = loop->due;
        batch.next->prev = &batch;
        batch.prev->next = &batch;
        ar_link_init(&loop->due);
    }
    while (!ar_link_empty(&batch)) {
        ar_conn_t *conn = AR_CONTAINER(batch.next, ar_conn_t, due_link);
        ar_link_remove(&conn->due_link);
        ar_conn_run_due(conn);
    }
}

void ar_loop_start_defer(ar_loop_t *loop) {
    if (!uv_is_active((uv_handle_t *)&loop->defer)) uv_idle_start(&loop->defer, defer_fired);
}

ar_loop_t *ar_loop_create(const ar_loop_events_t *events, void *ctx) {
    ar_loop_t *loop = calloc(1, sizeof *loop);
    if (loop == NULL) return NULL;
    if (uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return NULL;
    }
    loop->events = *events;
    loop->ctx = ctx;
    ar_link_init(&loop->conns);
    ar_link_init(&loop->due);
    loop->read_slab = ar_slab_get(loop, AR_SLAB_BYTES);
    bool has_wake = loop->read_slab != NULL &&
                    uv_async_init(&loop->uv, &loop->wake, wake_fired) == 0;
    if (!has_wake || ar_sweep_init(loop) != 0) {
        if (has_wake) uv_close((uv_handle_t *)&loop->wake, NULL);
        uv_run(&loop->uv, UV_RUN_DEFAULT);
        free(loop->read_slab);
        uv_loop_close(&loop->uv);
        free(loop);
        return NULL;
    }
    loop->wake.data = loop;
    uv_idle_init(&loop->uv, &loop->defer);
    loop->defer.data = loop;
    return loop;
}

void ar_sigpipe_block(sigset_t *before) {
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, before);
}

void ar_sigpipe_restore(const sigset_t *before) {
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    if (!sigismember(before, SIGPIPE)) {
        /* One that came while blocked must not strike when the mask is lifted. */
        struct timespec no_time = {0, 0};
        while (sigtimedwait(&pipe_signal, NULL, &no_time) > 0) {
        }
    }
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

static void run(ar_loop_t *loop, uv_run_mode mode) {
    sigset_t before;
    ar_sigpipe_block(&before);
    uv_run(&loop->uv, mode);
    ar_sigpipe_restore(&before);
}

void ar_loop_run(ar_loop_t *loop) { run(loop, UV_RUN_DEFAULT); }
void ar_loop_poll(ar_loop_t *loop) { run(loop, UV_RUN_NOWAIT); }
void ar_loop_stop(ar_loop_t *loop) { uv_stop(&loop->uv); }
void ar_loop_wake(ar_loop_t *loop) { uv_async_send(&loop->wake); }
uint64_t ar_loop_now(const ar_loop_t *loop) { return uv_now(&loop->uv); }

void ar_loop_counters(const ar_loop_t *loop, ar_loop_counters_t *counters) {
    *counters = loop->counters;
}

/* Closes what the caller has left open; each gets its on_closed. */
static void close_rest(uv_handle_t *handle, void *loop_pointer) {
    ar_loop_t *loop = loop_pointer;
    if (uv_is_closing(handle)) return;
    if (handle == (uv_handle_t *)&loop->sweep.handle) {
        ar_sweep_close(loop);
        return;
    }
    if (handle == (uv_handle_t *)&loop->wake || handle == (uv_handle_t *)&loop->defer) {
        uv_close(handle, NULL);
        return;
    }
    switch (handle->type) {
    case UV_TIMER:
        ar_timer_close(handle->data);
        break;
    case UV_SIGNAL:
        ar_signal_close(handle->data);
        break;
    case UV_FS_EVENT:
        ar_watch_close(handle->data);
        break;
    case UV_TCP:
        ar_listener_close(handle->data);
        break; /* connections are closing already */
    case UV_PROCESS:
    case UV_NAMED_PIPE:
        ar_child_abandon(handle);
        break;
    default:
        break;
    }
}

static void close_conns(ar_loop_t *loop) {
    ar_link_t *next;
    for (ar_link_t *l = loop->conns.next; l != &loop->conns; l = next) {
        next = l->next;
        ar_conn_close(AR_CONTAINER(l, ar_conn_t, link));
    }
}

void ar_loop_free(ar_loop_t *loop) {
    loop->freeing = true;
    /* A callback may open something new: what is open is looked for again each time. */
    while (uv_loop_close(&loop->uv) == UV_EBUSY) {
        close_conns(loop);
        uv_walk(&loop->uv, close_rest, loop);
        run(loop, UV_RUN_ONCE);
    }
    ar_slab_drop(loop, loop->read_slab);
    ar_slab_drop(loop, loop->plain_slab);
    ar_slab_drop(loop, loop->cipher_slab);
    ar_slab_drop(loop, loop->head_slab);
    while (loop->free_slabs != NULL) {
        ar_slab_t *slab = loop->free_slabs;
        loop->free_slabs = slab->next_free;
        free(slab);
    }
    free(loop);
}

/* ---- timers ------------------------------------------------------------------------------------- */

struct ar_timer {
    uv_timer_t timer;
    ar_tick_fn on_fire, on_closed;
    void *ctx;
};

static void timer_fired(uv_timer_t *timer) {
    ar_timer_t *t = timer->data;
    t->on_fire(t->ctx);
}

static void timer_closed(uv_handle_t *handle) {
    ar_timer_t *t = handle->data;
    t->on_closed(t->ctx);
    free(t);
}

ar_timer_t *ar_timer_start(ar_loop_t *loop, uint64_t delay_ms, uint64_t repeat_ms,
                           ar_tick_fn on_fire, ar_tick_fn on_closed, void *ctx) {
    ar_timer_t *t = malloc(sizeof *t);
    if (t == NULL) return NULL;
    uv_timer_init(&loop->uv, &t->timer);
    t->timer.data = t;
    t->on_fire = on_fire;
    t->on_closed = on_closed;
    t->ctx = ctx;
    ar_timer_again(t, delay_ms, repeat_ms);
    return t;
}

void ar_timer_again(ar_timer_t *timer, uint64_t delay_ms, uint64_t repeat_ms) {
    /* The loop's cached time may be old when this is called before the loop has run. */
    uv_update_time(timer->timer.loop);
    uv_timer_start(&timer->timer, timer_fired, delay_ms, repeat_ms);
}

void ar_timer_close(ar_timer_t *timer) {
    if (!uv_is_closing((uv_handle_t *)&timer->timer))
        uv_close((uv_handle_t *)&timer->timer, timer_closed);
}

/* ---- signals ------------------------------------------------------------------------------------ */

struct ar_signal {
    uv_signal_t signal;
    ar_tick_fn on_fire, on_closed;
    void *ctx;
};

static void signal_fired(uv_signal_t *signal, int number) {
    (void)number;
    ar_signal_t *s = signal->data;
    s->on_fire(s->ctx);
}

static void drop_unwatched(uv_handle_t *handle) { free(handle->data); }

static void signal_closed(uv_handle_t *handle) {
    ar_signal_t *s = handle->data;
    s->on_closed(s->ctx);
    free(s);
}

ar_signal_t *ar_signal_start(ar_loop_t *loop, int number, ar_tick_fn on_fire, ar_tick_fn on_closed,
                             void *ctx) {
    ar_signal_t *s = malloc(sizeof *s);
    if (s == NULL) return NULL;
    uv_signal_init(&loop->uv, &s->signal);
    s->signal.data = s;
    s->on_fire = on_fire;
    s->on_closed = on_closed;
    s->ctx = ctx;
    if (uv_signal_start(&s->signal, signal_fired, number) != 0) {
        uv_close((uv_handle_t *)&s->signal, drop_unwatched);
        return NULL;
    }
    return s;
}

void ar_signal_close(ar_signal_t *signal) {
    if (!uv_is_closing((uv_handle_t *)&signal->signal)) {
        uv_close((uv_handle_t *)&signal->signal, signal_closed);
    }
}
