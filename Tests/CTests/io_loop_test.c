/* The loop itself: timers, wakes, signals, child processes, and the sink that log lines go through. */
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "io_peer.h"

typedef struct {
    ar_loop_t *loop;
    unsigned fired, closed;
    ar_timer_t *timer;
    uint64_t at;
} ticks_t;

static void tick_fired(void *ctx) {
    ticks_t *ticks = ctx;
    ticks->fired++;
    ticks->at = ar_loop_now(ticks->loop);
}
static void tick_closed(void *ctx) { ((ticks_t *)ctx)->closed++; }

/* ---- timers ------------------------------------------------------------------------------------- */

static void test_timers(void) {
    check_that("a timer fires when it is due, again if it repeats, and not after its close");
    ar_loop_t *loop = loop_open();
    ticks_t once = {.loop = loop}, often = {.loop = loop};
    uint64_t start = ar_loop_now(loop);
    once.timer = ar_timer_start(loop, 20, 0, tick_fired, tick_closed, &once);
    often.timer = ar_timer_start(loop, 0, 5, tick_fired, tick_closed, &often);
    CHECK(once.fired == 0 && often.fired == 0);
    CHECK(TURN_UNTIL(loop, often.fired >= 8 && once.fired == 1));
    CHECK(once.at - start >= 20 && once.closed == 0);
    ar_timer_again(once.timer, 1, 0);
    CHECK(TURN_UNTIL(loop, once.fired == 2));
    ar_timer_close(often.timer);
    ar_timer_close(often.timer);
    unsigned fired = often.fired;
    CHECK(often.closed == 0);
    settle(loop);
    CHECK(often.closed == 1 && often.fired == fired);
    ar_loop_free(loop); /* closes what is open */
    CHECK(once.closed == 1);
}

/* ---- wakes -------------------------------------------------------------------------------------- */

typedef struct {
    ar_loop_t *loop;
    unsigned wakes;
    pthread_t waker, woken_on;
} wakes_t;

static void woken(void *ctx) {
    wakes_t *wakes = ctx;
    wakes->wakes++;
    wakes->woken_on = pthread_self();
    ar_loop_stop(wakes->loop);
}

static void *wake_from_thread(void *ctx) {
    for (int i = 0; i < 10; i++) ar_loop_wake(((wakes_t *)ctx)->loop);
    return NULL;
}

static void test_wake(void) {
    check_that("a wake from another thread is told of on the loop's thread");
    static const ar_loop_events_t events = {.on_wake = woken};
    wakes_t wakes = {0};
    wakes.loop = ar_loop_create(&events, &wakes);
    pthread_create(&wakes.waker, NULL, wake_from_thread, &wakes);
    ar_loop_run(wakes.loop); /* until the wake stops it */
    CHECK(wakes.wakes >= 1 && pthread_equal(wakes.woken_on, pthread_self()));
    pthread_join(wakes.waker, NULL);
    CHECK(ar_clock_ns() > 0 && ar_wall_ns() > 1600000000ull * 1000000000);
    ar_loop_free(wakes.loop);
}

/* ---- signals ------------------------------------------------------------------------------------ */

static void test_signals(void) {
    check_that("a signal is told of on the loop; SIGKILL cannot be watched");
    ar_loop_t *loop = loop_open();
    ticks_t ticks = {.loop = loop};
    ar_signal_t *signal = ar_signal_start(loop, SIGUSR1, tick_fired, tick_closed, &ticks);
    CHECK(signal != NULL);
    CHECK(ar_signal_start(loop, SIGKILL, tick_fired, tick_closed, &ticks) == NULL);
    for (unsigned i = 1; i <= 3; i++) {
        raise(SIGUSR1);
        CHECK(TURN_UNTIL(loop, ticks.fired == i));
    }
    ar_signal_close(signal);
    ar_signal_close(signal);
    settle(loop);
    CHECK(ticks.closed == 1);
    ar_loop_free(loop);
}

static void test_sigpipe_mask(void) {
    check_that("the loop leaves the thread's signal mask as it was");
    sigset_t before, after;
    ar_loop_t *loop = loop_open();
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    ar_loop_poll(loop);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    CHECK(!sigismember(&before, SIGPIPE) && !sigismember(&after, SIGPIPE));
    ar_loop_free(loop);
}

/* ---- children ----------------------------------------------------------------------------------- */

typedef struct {
    buffer_t output, errors;
    unsigned exits, closed;
    int64_t status;
    int signal;
} run_t;

static void child_output(void *ctx, int is_error, ar_slice_t bytes) {
    run_t *run = ctx;
    buffer_add(is_error ? &run->errors : &run->output, bytes.bytes, bytes.count);
}
static void child_exit(void *ctx, int64_t status, int signal) {
    run_t *run = ctx;
    CHECK(run->closed == 0);
    run->exits++;
    run->status = status;
    run->signal = signal;
}
static void child_closed(void *ctx) { ((run_t *)ctx)->closed++; }
static const ar_child_events_t child_events = {child_output, child_exit, child_closed};

static ar_child_t *shell(ar_loop_t *loop, run_t *run, const char *script) {
    const char *arguments[] = {"sh", "-c", script, NULL};
    const char *environment[] = {"PATH=/usr/bin:/bin", "GIVEN=yes", NULL};
    int error = 0;
    *run = (run_t){0};
    ar_child_t *child = ar_child_start(loop, "sh", arguments, environment, "/", &child_events, run,
                                       &error);
    CHECK(child != NULL && error == 0);
    return child;
}

static void run_free(run_t *run) {
    buffer_free(&run->output);
    buffer_free(&run->errors);
}

static void test_children(void) {
    check_that(
        "a child's outputs and end are told of, with its environment and directory as given");
    ar_loop_t *loop = loop_open();
    run_t run;
    shell(loop, &run, "echo $GIVEN $HOME; pwd; cat; echo bad >&2; exit 7");
    CHECK(TURN_UNTIL(loop, run.closed == 1));
    CHECK(buffer_reads(&run.output, "yes\n/\n") && buffer_reads(&run.errors, "bad\n"));
    CHECK(run.exits == 1 && run.status == 7 && run.signal == 0);
    run_free(&run);
    shell(loop, &run, "head -c 3000000 /dev/zero");
    CHECK(TURN_UNTIL(loop, run.closed == 1) && run.output.count == 3000000);
    run_free(&run);
    ar_loop_free(loop);
}

static void test_child_group(void) {
    check_that("a signal reaches the child's whole group, and a group is all it reaches");
    ar_loop_t *loop = loop_open();
    run_t run;
    ar_child_t *child = shell(loop, &run, "sleep 100 & echo ready; wait");
    CHECK(TURN_UNTIL(loop, buffer_reads(&run.output, "ready\n")));
    CHECK(getpgid(ar_child_pid(child)) == ar_child_pid(child));
    CHECK(run.exits == 0);
    ar_child_signal(child, SIGKILL);
    CHECK(TURN_UNTIL(loop, run.closed == 1)); /* the sleeper has let go of the outputs too */
    CHECK(run.exits == 1 && run.signal == SIGKILL);
    run_free(&run);
    ar_loop_free(loop);
}

static void test_child_faults(void) {
    check_that("a program that is not there is an error; a loop's end leaves a child running");
    ar_loop_t *loop = loop_open();
    run_t run;
    int error = 0;
    const char *arguments[] = {"x", NULL}, *environment[] = {NULL};
    CHECK(ar_child_start(loop, "/no/such/program", arguments, environment, NULL, &child_events,
                         &run, &error) == NULL);
    CHECK(error == UV_ENOENT);
    ar_child_t *child = shell(loop, &run, "exec sleep 100");
    pid_t pid = ar_child_pid(child);
    ar_loop_free(loop);
    CHECK(run.closed == 1 && run.exits == 0 && kill(pid, 0) == 0);
    kill(pid, SIGKILL);
    CHECK(waitpid(pid, NULL, 0) == pid);
    run_free(&run);
}

/* ---- the sink ----------------------------------------------------------------------------------- */

static void test_sink_order(void) {
    check_that("what a sink is given arrives in order, and all of it, also at its end");
    for (uint32_t interval = 0; interval <= 5; interval += 5) {
        ar_loop_t *loop = loop_open();
        int fds[2];
        CHECK(pipe2(fds, O_CLOEXEC) == 0 && fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
        ar_sink_t *sink = ar_sink_create(loop, fds[1], 1 << 20, interval);
        buffer_t expected = {0}, got = {0};
        char bytes[4096];
        for (int i = 0; i < 2000; i++) {
            char line[32];
            ar_slice_t slice = {(uint8_t *)line,
                                (size_t)snprintf(line, sizeof line, "line %d\n", i)};
            CHECK(ar_sink_write(sink, slice) == 0);
            buffer_add(&expected, line, slice.count);
            if (i % 10 == 0) turn(loop);
        }
        CHECK(ar_sink_write(sink, slice_of("")) == 0);
        ar_sink_free(sink);
        for (ssize_t count = 1; count != 0;) {
            ar_loop_poll(loop);
            count = read(fds[0], bytes, sizeof bytes);
            if (count > 0) buffer_add(&got, bytes, (size_t)count);
            if (got.count == expected.count) close(fds[1]), fds[1] = open("/dev/null", O_WRONLY);
        }
        CHECK(buffer_is(&got, expected.bytes, expected.count));
        ar_loop_free(loop);
        close(fds[0]);
        close(fds[1]);
        buffer_free(&expected);
        buffer_free(&got);
    }
}

static void test_sink_refuses(void) {
    check_that(
        "behind a reader that takes nothing a sink refuses and counts, and goes on when it may");
    ar_loop_t *loop = loop_open();
    int fds[2];
    CHECK(pipe2(fds, O_CLOEXEC) == 0 && fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
    ar_sink_t *sink = ar_sink_create(loop, fds[1], 100000, 0);
    static uint8_t line[1000];
    memset(line, 'x', sizeof line);
    size_t taken = 0, refused = 0;
    while (refused < 10) {
        int result = ar_sink_write(sink, (ar_slice_t){line, sizeof line});
        CHECK(result == 0 || result == -1);
        taken += result == 0;
        refused += result != 0;
        ar_loop_poll(loop);
    }
    CHECK(ar_sink_refused(sink) == 10 && taken >= 100 && taken < 1000);
    ar_sink_write(
        sink, (ar_slice_t){line, 100001}); /* more than it will ever hold; its bytes are not read */
    CHECK(ar_sink_refused(sink) == 11);
    buffer_t got = {0};
    uint8_t bytes[8192];
    CHECK(TURN_UNTIL(loop, ({
                         ssize_t count = read(fds[0], bytes, sizeof bytes);
                         if (count > 0) buffer_add(&got, bytes, (size_t)count);
                         got.count == taken * sizeof line;
                     })));
    CHECK(ar_sink_write(sink, (ar_slice_t){line, sizeof line}) == 0);
    ar_sink_free(sink);
    ar_loop_free(loop);
    buffer_free(&got);
    close(fds[0]);
    close(fds[1]);
}

static void test_sink_closed_pipe(void) {
    check_that("a sink whose reader has gone ends nothing but its lines");
    for (int busy = 0; busy < 2; busy++) {
        ar_loop_t *loop = loop_open();
        int fds[2];
        CHECK(pipe2(fds, O_CLOEXEC) == 0);
        ar_sink_t *sink = ar_sink_create(loop, fds[1], 100000, busy ? 0 : 1000);
        close(fds[0]);
        for (int i = 0; i < 10; i++) {
            CHECK(ar_sink_write(sink, slice_of("line\n")) == 0);
            if (busy) turn(loop);
        }
        ar_sink_free(sink);
        ar_loop_free(loop);
        close(fds[1]);
    }
}

int main(void) {
    test_timers();
    test_wake();
    test_signals();
    test_sigpipe_mask();
    test_children();
    test_child_group();
    test_child_faults();
    test_sink_order();
    test_sink_refuses();
    test_sink_closed_pipe();
    return check_end();
}
