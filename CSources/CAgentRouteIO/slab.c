/* Counted blocks of bytes, the large ones kept for reuse. */
#include "internal.h"

ar_slab_t *ar_slab_get(ar_loop_t *loop, size_t capacity) {
    ar_slab_t *slab;
    if (capacity == AR_SLAB_BYTES && loop->free_slabs != NULL) {
        slab = loop->free_slabs;
        loop->free_slabs = slab->next_free;
        loop->free_slab_count--;
    } else {
        if (capacity > UINT32_MAX) return NULL;
        slab = malloc(sizeof *slab + capacity);
        if (slab == NULL) return NULL;
        slab->capacity = (uint32_t)capacity;
        loop->counters.slabs++;
        loop->counters.slab_bytes += capacity;
    }
    slab->next_free = NULL;
    slab->refs = 1;
    slab->used = 0;
    return slab;
}

void ar_slab_drop(ar_loop_t *loop, ar_slab_t *slab) {
    if (slab == NULL || --slab->refs > 0) return;
    if (slab->capacity == AR_SLAB_BYTES && loop->free_slab_count < AR_FREE_SLABS &&
        !loop->freeing) {
        slab->next_free = loop->free_slabs;
        loop->free_slabs = slab;
        loop->free_slab_count++;
        return;
    }
    loop->counters.slabs--;
    loop->counters.slab_bytes -= slab->capacity;
    free(slab);
}

uint8_t *ar_slab_room(ar_loop_t *loop, ar_slab_t **place) {
    if (*place == NULL || (*place)->refs > 1) {
        ar_slab_t *fresh = ar_slab_get(loop, AR_SLAB_BYTES);
        if (fresh == NULL) return NULL;
        ar_slab_drop(loop, *place);
        *place = fresh;
    }
    return (*place)->bytes;
}

uv_buf_t ar_slab_read_buffer(ar_loop_t *loop) {
    uint8_t *room = ar_slab_room(loop, &loop->read_slab);
    return uv_buf_init((char *)room,
                       room == NULL ? 0 : AR_SLAB_BYTES); /* none: libuv answers UV_ENOBUFS */
}
