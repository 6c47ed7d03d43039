/* Child processes: own group, no standard input, both outputs handed on. */
#include "internal.h"

#include <signal.h>

struct ar_child {
    uv_process_t process;
    uv_pipe_t out, err;
    ar_child_events_t events;
    void *ctx;
    unsigned open; /* handles not yet closed */
    bool exited;
};

static void on_handle_closed(uv_handle_t *handle) {
    ar_child_t *child = handle->data;
    if (--child->open > 0) return;
    child->events.on_closed(child->ctx);
    free(child);
}

static void drop_unstarted(uv_handle_t *handle) {
    ar_child_t *child = handle->data;
    if (--child->open == 0) free(child);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    (void)suggested;
    *buf = ar_slab_read_buffer(AR_CONTAINER(handle->loop, ar_loop_t, uv));
}

static void on_output(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf) {
    ar_child_t *child = stream->data;
    if (count > 0) {
        ar_slice_t bytes = {(const uint8_t *)buf->base, (size_t)count};
        child->events.on_output(child->ctx, stream == (uv_stream_t *)&child->err, bytes);
    } else if (count < 0) {
        uv_close((uv_handle_t *)stream, on_handle_closed);
    }
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal) {
    ar_child_t *child = process->data;
    child->exited = true;
    child->events.on_exit(child->ctx, status, signal);
    uv_close((uv_handle_t *)process, on_handle_closed);
}

static int spawn(ar_loop_t *loop, ar_child_t *child, uv_process_options_t *options) {
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
    stdio[1].flags = stdio[2].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
    stdio[1].data.stream = (uv_stream_t *)&child->out;
    stdio[2].data.stream = (uv_stream_t *)&child->err;
    options->stdio = stdio;
    options->stdio_count = 3;
    options->exit_cb = on_exit_status;
    options->flags = UV_PROCESS_DETACHED; /* a group of its own */
    return uv_spawn(&loop->uv, &child->process, options);
}

ar_child_t *ar_child_start(ar_loop_t *loop, const char *file, const char *const *arguments,
                           const char *const *environment, const char *directory,
                           const ar_child_events_t *events, void *ctx, int *error) {
    ar_child_t *child = calloc(1, sizeof *child);
    if (child == NULL) {
        *error = UV_ENOMEM;
        return NULL;
    }
    child->events = *events;
    child->ctx = ctx;
    child->open = 3;
    uv_pipe_init(&loop->uv, &child->out, 0);
    uv_pipe_init(&loop->uv, &child->err, 0);
    child->process.data = child->out.data = child->err.data = child;
    uv_process_options_t options = {
        .file = file, .args = (char **)arguments, .env = (char **)environment, .cwd = directory};
    *error = spawn(loop, child, &options);
    if (*error != 0) {
        uv_close((uv_handle_t *)&child->process, drop_unstarted);
        uv_close((uv_handle_t *)&child->out, drop_unstarted);
        uv_close((uv_handle_t *)&child->err, drop_unstarted);
        return NULL;
    }
    uv_read_start((uv_stream_t *)&child->out, on_alloc, on_output);
    uv_read_start((uv_stream_t *)&child->err, on_alloc, on_output);
    return child;
}

int ar_child_pid(const ar_child_t *child) { return child->process.pid; }

void ar_child_signal(ar_child_t *child, int number) {
    if (!child->exited) kill(-child->process.pid, number);
}

void ar_child_abandon(uv_handle_t *handle) { uv_close(handle, on_handle_closed); }
