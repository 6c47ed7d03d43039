#include "payload.h"

#include "common.h"

#include <stdio.h>
#include <string.h>

static const char before_text
    [] = "\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"bench-model\","
         "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
static const char after_text[] = "\"},\"finish_reason\":null}]}\n\n";

static const char answer_start
    [] = "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1760000000,"
         "\"model\":\"bench-model\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
         "\"content\":\"";
static const char answer_rest[] = "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":"
                                  "21,\"completion_tokens\":190,"
                                  "\"total_tokens\":211}}";

const char bench_stream_head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                 "Cache-Control: no-cache\r\nx-request-id: req-bench\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n";
const char bench_stream_end[] = "e\r\n" BENCH_DONE "\r\n0\r\n\r\n";

static char *put(char *at, const char *text, size_t count) {
    memcpy(at, text, count);
    return at + count;
}

/* Words, as a model would write them. */
static char *put_words(char *at, size_t count) {
    static const char words[] = "the relay keeps every byte as it came and ";
    for (size_t i = 0; i < count; i++) *at++ = words[i % (sizeof words - 1)];
    return at;
}

size_t bench_event_least(void) {
    return BENCH_MARK_COUNT + sizeof before_text - 1 + sizeof after_text - 1;
}

size_t bench_event(char *start, size_t size, uint64_t sent_ns, uint32_t number) {
    char *at = start + sprintf(start, "%zx\r\n", size);
    at = put(at, BENCH_EVENT_PREFIX, BENCH_PREFIX_COUNT);
    bench_put_hex(at, BENCH_TIME_DIGITS, sent_ns);
    bench_put_hex(at + BENCH_TIME_DIGITS, BENCH_NUMBER_DIGITS, number);
    at = put(at + BENCH_TIME_DIGITS + BENCH_NUMBER_DIGITS, before_text, sizeof before_text - 1);
    at = put_words(at, size - bench_event_least());
    at = put(at, after_text, sizeof after_text - 1);
    return (size_t)(put(at, "\r\n", 2) - start);
}

size_t bench_answer(char *start, size_t size) {
    size_t frame = sizeof answer_start - 1 + sizeof answer_rest - 1;
    if (size < frame) bench_fail("an answer has at least %zu bytes", frame);
    char *at = start + sprintf(start,
                               "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               "x-request-id: req-bench\r\nContent-Length: %zu\r\n\r\n",
                               size);
    at = put(at, answer_start, sizeof answer_start - 1);
    at = put_words(at, size - frame);
    return (size_t)(put(at, answer_rest, sizeof answer_rest - 1) - start);
}
