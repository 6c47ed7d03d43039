#ifndef BENCH_READER_H
#define BENCH_READER_H

#include "common.h"

#include <stddef.h>
#include <stdint.h>

/* Reads HTTP/1.1 responses, bodies with a length or in chunks, and the events in them, those of a chat
 * completion and those of a message. Fails on anything but a 200, on an error and on an event out of
 * order: what the proxies answer is checked, not believed. */

/* Enough of an event for its mark to be in it. */
enum { BENCH_EVENT_KEPT = 384 };

typedef struct {
    /* An event with a mark, sent by the source at `sent_ns`. */
    void (*on_event)(void *ctx, uint64_t sent_ns);
    /* The response is complete. */
    void (*on_complete)(void *ctx);
    void *ctx;
} bench_reader_events_t;

typedef enum {
    BENCH_READ_HEAD,
    BENCH_READ_LENGTH,     /* body bytes, `left` of them */
    BENCH_READ_CHUNK_SIZE, /* the line with a chunk's size */
    BENCH_READ_CHUNK,      /* chunk bytes, `left` of them */
    BENCH_READ_CHUNK_END,  /* the line end after a chunk */
    BENCH_READ_TRAILER     /* lines up to an empty one */
} bench_reader_state_t;

typedef struct {
    bench_reader_state_t state;
    int is_stream;
    uint64_t left;
    char line[4096]; /* the head, or a line of the chunked framing, as far as it has come */
    size_t line_count;
    char event[BENCH_EVENT_KEPT]; /* the first bytes of the event under way */
    size_t event_count;           /* its bytes so far */
    char last;                    /* its last byte so far */
    uint32_t number;              /* of the next event with a mark */
    int ended;                    /* the stream's last event was read */
} bench_reader_t;

void bench_reader_take(bench_reader_t *reader, const bench_reader_events_t *events,
                       const char *bytes, size_t count);

#endif
