#ifndef BENCH_PAYLOAD_H
#define BENCH_PAYLOAD_H

#include <stddef.h>
#include <stdint.h>

/* What the source says: answers of the OpenAI chat completions API. */

/* Writes one event of exactly `size` bytes (at least bench_event_least()), blank line included, as
 * one chunk of a chunked body. Answers the bytes written: at most `size` + 12. */
size_t bench_event(char *at, size_t size, uint64_t sent_ns, uint32_t number);
size_t bench_event_least(void);

/* Writes a whole answer, head and `size` bytes of JSON. Answers the bytes written: at most
 * `size` + 256. */
size_t bench_answer(char *at, size_t size);

/* The answers to whoever asks for the models, and for what there is not. */
extern const char bench_models[];
extern const char bench_not_found[];

/* Write the beginning of a stream, head and the event that names the role, and its end: the reason,
 * the usage, the last event. Answer the bytes written: at most 1 KiB. */
size_t bench_stream_begin(char *at);
size_t bench_stream_end(char *at);

#endif
