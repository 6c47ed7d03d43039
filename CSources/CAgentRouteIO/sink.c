/* Log lines to a file descriptor that may block, off the loop thread, a batch at a time. */
#include "internal.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
} batch_t;

struct ar_sink {
    uv_work_t work;
    ar_loop_t *loop;
    ar_timer_t *timer;
    int fd;
    size_t limit;
    uint32_t interval_ms;
    batch_t waiting, writing;
    uint64_t refused;
    bool busy;    /* a write is on its way */
    bool resting; /* the timer runs: the next batch waits for it */
    bool freed;
};

static void start_batch(ar_sink_t *sink);

static void free_if_done(ar_sink_t *sink) {
    if (!sink->freed || sink->busy || sink->timer != NULL) return;
    free(sink->waiting.bytes);
    free(sink->writing.bytes);
    free(sink);
}

/* Any thread: a reader that has gone is an error, not a signal, also where libuv's threads were
 * started outside the loop. What cannot be written is lost. */
static void write_all(int fd, const batch_t *batch) {
    sigset_t before;
    size_t written = 0;
    ar_sigpipe_block(&before);
    while (written < batch->count) {
        ssize_t count = write(fd, batch->bytes + written, batch->count - written);
        if (count > 0) {
            written += (size_t)count;
        } else if (count < 0 && errno == EAGAIN) { /* somebody else made it non-blocking */
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            poll(&writable, 1, -1);
        } else if (count == 0 || errno != EINTR) {
            break;
        }
    }
    ar_sigpipe_restore(&before);
}

static void write_batch(uv_work_t *work) {
    ar_sink_t *sink = work->data;
    write_all(sink->fd, &sink->writing);
}

static void on_batch_written(uv_work_t *work, int status) {
    (void)status;
    ar_sink_t *sink = work->data;
    sink->busy = false;
    if (sink->freed) {
        write_all(sink->fd, &sink->waiting);
        free_if_done(sink);
    } else if (sink->waiting.count > 0 && !sink->resting) {
        start_batch(sink);
    }
}

static void rest_over(void *ctx) {
    ar_sink_t *sink = ctx;
    sink->resting = false;
    if (sink->waiting.count > 0 && !sink->busy) start_batch(sink);
}

static void timer_closed(void *ctx) {
    ar_sink_t *sink = ctx;
    sink->timer = NULL;
    free_if_done(sink);
}

static void start_batch(ar_sink_t *sink) {
    batch_t empty = sink->writing;
    empty.count = 0;
    sink->writing = sink->waiting;
    sink->waiting = empty;
    sink->work.data = sink;
    sink->busy = uv_queue_work(&sink->loop->uv, &sink->work, write_batch, on_batch_written) == 0;
    if (sink->interval_ms == 0) return;
    sink->resting = true;
    ar_timer_again(sink->timer, sink->interval_ms, 0);
}

ar_sink_t *ar_sink_create(ar_loop_t *loop, int fd, size_t capacity, uint32_t interval_ms) {
    ar_sink_t *sink = calloc(1, sizeof *sink);
    if (sink == NULL) return NULL;
    sink->loop = loop;
    sink->fd = fd;
    sink->limit = capacity;
    sink->interval_ms = interval_ms;
    /* Fires once for nothing: a timer far away would give every wait of the loop a time limit. */
    sink->timer = ar_timer_start(loop, 0, 0, rest_over, timer_closed, sink);
    if (sink->timer == NULL) {
        free(sink);
        return NULL;
    }
    return sink;
}

int ar_sink_write(ar_sink_t *sink, ar_slice_t bytes) {
    if (bytes.count == 0) return 0;
    batch_t *batch = &sink->waiting;
    size_t need = batch->count + bytes.count;
    if (need > batch->capacity && need <= sink->limit) {
        size_t capacity = need < 4096 ? 4096 : need * 2;
        uint8_t *grown = realloc(batch->bytes, capacity);
        if (grown != NULL) {
            batch->bytes = grown;
            batch->capacity = capacity;
        }
    }
    if (need > sink->limit || need > batch->capacity) {
        sink->refused++;
        return -1;
    }
    memcpy(batch->bytes + batch->count, bytes.bytes, bytes.count);
    batch->count = need;
    if (!sink->busy && !sink->resting) start_batch(sink);
    return 0;
}

uint64_t ar_sink_refused(const ar_sink_t *sink) { return sink->refused; }

void ar_sink_free(ar_sink_t *sink) {
    sink->freed = true;
    if (!sink->busy) write_all(sink->fd, &sink->waiting); /* else after what is on its way */
    ar_timer_close(sink->timer);
}
