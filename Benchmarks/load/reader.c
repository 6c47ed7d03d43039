#include "reader.h"

#include <stdlib.h>
#include <string.h>

static void start_body(bench_reader_t *reader) {
    reader->line[reader->line_count] = 0;
    if (strncmp(reader->line, "HTTP/1.1 200 ", 13) != 0)
        bench_fail("not the answer that was expected:\n%s", reader->line);
    const char *length = strcasestr(reader->line, "\r\ncontent-length:");
    reader->is_stream = strcasestr(reader->line, "text/event-stream") != NULL;
    reader->number = 0;
    reader->event_count = 0;
    reader->ended = 0;
    reader->state = length ? BENCH_READ_LENGTH : BENCH_READ_CHUNK_SIZE;
    reader->left = length ? strtoull(length + 17, NULL, 10) : 0;
    if (!length && !strcasestr(reader->line, "\r\ntransfer-encoding: chunked"))
        bench_fail("a body without a length:\n%s", reader->line);
}

static void complete(bench_reader_t *reader, const bench_reader_events_t *events) {
    if (reader->is_stream && !reader->ended) bench_fail("a stream ended without its last event");
    reader->state = BENCH_READ_HEAD;
    events->on_complete(events->ctx);
}

/* Gathers bytes up to and with `end`. Answers how many it took; `*whole` tells whether it has all. */
static size_t take_until(bench_reader_t *reader, const char *end, const char *bytes, size_t count,
                         int *whole) {
    size_t length = strlen(end);
    for (size_t i = 0; i < count; i++) {
        if (reader->line_count + 1 == sizeof reader->line) bench_fail("a head or line is too long");
        reader->line[reader->line_count++] = bytes[i];
        *whole = reader->line_count >= length &&
                 memcmp(reader->line + reader->line_count - length, end, length) == 0;
        if (*whole) return i + 1;
    }
    return count;
}

static void take_line(bench_reader_t *reader, const bench_reader_events_t *events) {
    size_t count = reader->line_count;
    reader->line[count] = 0;
    switch (reader->state) {
    case BENCH_READ_HEAD:
        start_body(reader);
        break;
    case BENCH_READ_CHUNK_SIZE:
        reader->left = strtoull(reader->line, NULL, 16);
        reader->state = reader->left > 0 ? BENCH_READ_CHUNK : BENCH_READ_TRAILER;
        break;
    case BENCH_READ_CHUNK_END:
        if (count != 2) bench_fail("a chunk is longer than its size");
        reader->state = BENCH_READ_CHUNK_SIZE;
        break;
    case BENCH_READ_TRAILER:
        if (count == 2) complete(reader, events);
        break;
    case BENCH_READ_LENGTH:
    case BENCH_READ_CHUNK:
        break;
    }
    reader->line_count = 0;
}

static void check_mark(bench_reader_t *reader, const bench_reader_events_t *events,
                       const char *mark, const char *end) {
    if (end - mark < BENCH_MARK_COUNT) bench_fail("a mark stands too far behind, or is cut");
    const char *digits = mark + strlen(BENCH_MARK);
    uint64_t sent_ns = bench_get_hex(digits, BENCH_TIME_DIGITS);
    uint64_t number = bench_get_hex(digits + BENCH_TIME_DIGITS, BENCH_NUMBER_DIGITS);
    if (number != reader->number)
        bench_fail("event %llu where %u is due", (unsigned long long)number, reader->number);
    reader->number++;
    events->on_event(events->ctx, sent_ns);
}

static int begins_with(const char *bytes, size_t count, const char *text) {
    return count >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

static void end_event(bench_reader_t *reader, const bench_reader_events_t *events) {
    const char *event = reader->event;
    size_t kept = reader->event_count < BENCH_EVENT_KEPT ? reader->event_count : BENCH_EVENT_KEPT;
    const char *mark = memmem(event, kept, BENCH_MARK, strlen(BENCH_MARK));
    reader->event_count = 0;
    if (mark)
        check_mark(reader, events, mark, event + kept);
    else if (begins_with(event, kept, "data: [DONE]\n") ||
             begins_with(event, kept, "event: message_stop\n"))
        reader->ended = 1;
    else if (memmem(event, kept, "\"error\"", 7) ||
             (!begins_with(event, kept, "data: {") && !begins_with(event, kept, "event: ")))
        bench_fail("not an event of the source: %.*s", (int)kept, event);
}

/* Takes bytes of a stream's body: events end with an empty line. */
static void take_events(bench_reader_t *reader, const bench_reader_events_t *events,
                        const char *bytes, size_t count) {
    while (count > 0) {
        const char *end = memchr(bytes, '\n', count);
        size_t taken = end ? (size_t)(end - bytes) + 1 : count;
        if (reader->event_count < BENCH_EVENT_KEPT) {
            size_t room = BENCH_EVENT_KEPT - reader->event_count;
            memcpy(reader->event + reader->event_count, bytes, taken < room ? taken : room);
        }
        int is_end = end && (taken > 1 ? end[-1] : reader->last) == '\n' && reader->event_count > 0;
        reader->event_count += taken;
        reader->last = bytes[taken - 1];
        if (is_end) end_event(reader, events);
        bytes += taken;
        count -= taken;
    }
}

static size_t take_body(bench_reader_t *reader, const bench_reader_events_t *events,
                        const char *bytes, size_t count) {
    size_t taken = count < reader->left ? count : (size_t)reader->left;
    if (reader->is_stream) take_events(reader, events, bytes, taken);
    reader->left -= taken;
    if (reader->left > 0) return taken;
    if (reader->state == BENCH_READ_LENGTH)
        complete(reader, events);
    else
        reader->state = BENCH_READ_CHUNK_END;
    return taken;
}

void bench_reader_take(bench_reader_t *reader, const bench_reader_events_t *events,
                       const char *bytes, size_t count) {
    while (count > 0) {
        size_t taken;
        int whole = 0;
        if (reader->state == BENCH_READ_LENGTH || reader->state == BENCH_READ_CHUNK) {
            taken = take_body(reader, events, bytes, count);
        } else {
            const char *end = reader->state == BENCH_READ_HEAD ? "\r\n\r\n" : "\r\n";
            taken = take_until(reader, end, bytes, count, &whole);
            if (whole) take_line(reader, events);
        }
        bytes += taken;
        count -= taken;
    }
}
