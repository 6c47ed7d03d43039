#include "payload.h"

#include "common.h"

#include <stdio.h>
#include <string.h>

#define FRAME                                                                                 \
    "data: "                                                                                  \
    "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1760000000," \
    "\"model\":\"bench-model\",\"choices\":["
static const char before_text[] = FRAME "{\"index\":0,\"delta\":{\"content\":\"" BENCH_MARK;
static const char after_text[] = "\"},\"finish_reason\":null}]}\n\n";

static const char stream_head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                  "Cache-Control: no-cache\r\nx-request-id: req-bench\r\n"
                                  "Transfer-Encoding: chunked\r\n\r\n";
static const char role_event[] = FRAME "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":"
                                       "\"\"},\"finish_reason\":null}]}\n\n";
static const char reason_event[] = FRAME
    "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
static const char usage_event[] = FRAME
    "],\"usage\":{\"prompt_tokens\":21,\"completion_tokens\":190,\"total_tokens\":211}}\n\n";
static const char last_event[] = "data: [DONE]\n\n";

static const char answer_start
    [] = "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1760000000,"
         "\"model\":\"bench-model\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
         "\"content\":\"";
static const char answer_rest[] = "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":"
                                  "21,\"completion_tokens\":190,"
                                  "\"total_tokens\":211}}";

const char bench_models
    [] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 64\r\n\r\n"
         "{\"object\":\"list\",\"data\":[{\"id\":\"bench-model\",\"object\":\"model\"}]}";

const char bench_not_found
    [] = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 56\r\n\r\n"
         "{\"error\":{\"message\":\"only chat completions are served\"}}";

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

/* One chunk of a chunked body. */
static char *put_chunk(char *at, const char *text) {
    size_t count = strlen(text);
    at += sprintf(at, "%zx\r\n", count);
    return put(put(at, text, count), "\r\n", 2);
}

size_t bench_stream_begin(char *start) {
    char *at = put(start, stream_head, sizeof stream_head - 1);
    return (size_t)(put_chunk(at, role_event) - start);
}

size_t bench_stream_end(char *start) {
    char *at = put_chunk(start, reason_event);
    at = put_chunk(put_chunk(at, usage_event), last_event);
    return (size_t)(put(at, "0\r\n\r\n", 5) - start);
}

size_t bench_event_least(void) {
    return sizeof before_text - 1 + BENCH_TIME_DIGITS + BENCH_NUMBER_DIGITS + sizeof after_text - 1;
}

size_t bench_event(char *start, size_t size, uint64_t sent_ns, uint32_t number) {
    char *at = start + sprintf(start, "%zx\r\n", size);
    at = put(at, before_text, sizeof before_text - 1);
    bench_put_hex(at, BENCH_TIME_DIGITS, sent_ns);
    bench_put_hex(at + BENCH_TIME_DIGITS, BENCH_NUMBER_DIGITS, number);
    at = put_words(at + BENCH_TIME_DIGITS + BENCH_NUMBER_DIGITS, size - bench_event_least());
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
