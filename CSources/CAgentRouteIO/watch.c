#include <stdlib.h>

#include "internal.h"

struct ar_watch {
    uv_fs_event_t event;
    ar_tick_fn on_change, on_closed;
    void *ctx;
};

static void changed(uv_fs_event_t *event, const char *name, int events, int status) {
    (void)name;
    (void)events;
    (void)status; /* whatever it is: the reader looks for itself */
    ar_watch_t *watch = event->data;
    watch->on_change(watch->ctx);
}

static void drop_unwatched(uv_handle_t *handle) { free(handle->data); }

static void watch_closed(uv_handle_t *handle) {
    ar_watch_t *watch = handle->data;
    watch->on_closed(watch->ctx);
    free(watch);
}

ar_watch_t *ar_watch_start(ar_loop_t *loop, const char *folder, ar_tick_fn on_change,
                           ar_tick_fn on_closed, void *ctx) {
    ar_watch_t *watch = malloc(sizeof *watch);
    if (watch == NULL) return NULL;
    *watch = (ar_watch_t){.on_change = on_change, .on_closed = on_closed, .ctx = ctx};
    uv_fs_event_init(&loop->uv, &watch->event);
    watch->event.data = watch;
    if (uv_fs_event_start(&watch->event, changed, folder, 0) != 0) {
        uv_close((uv_handle_t *)&watch->event, drop_unwatched);
        return NULL;
    }
    return watch;
}

void ar_watch_close(ar_watch_t *watch) {
    if (uv_is_closing((uv_handle_t *)&watch->event)) return;
    uv_close((uv_handle_t *)&watch->event, watch_closed);
}
