/* Tells the events that pass by the thousand from those that matter, one vector a step. */
#include "internal.h"

#ifndef __has_feature
#define __has_feature(feature) 0
#endif

/* The choice is made by the dynamic linker, before the thread and memory sanitizers are ready for it. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && \
    !__has_feature(thread_sanitizer) && !__has_feature(memory_sanitizer)
/* Twice as wide where the processor can; chosen once, when the program is loaded. */
#define AR_VECTORISED __attribute__((target_clones("avx2", "default")))
#else
#define AR_VECTORISED
#endif

typedef uint8_t block_t __attribute__((vector_size(32)));
typedef uint64_t words_t __attribute__((vector_size(32)));

enum {
    KEY_BYTES = 7,
    STEP = 32,
    WORDS = 4
}; /* "usage" and "error", quotes included: both are as long */

/* Whether `key` (KEY_BYTES of it) is one of the two, with a value other than null. */
static bool is_key(const uint8_t *key, const uint8_t *end) {
    if (memcmp(key, "\"usage\"", KEY_BYTES) != 0 && memcmp(key, "\"error\"", KEY_BYTES) != 0)
        return false;
    const uint8_t *value = key + KEY_BYTES;
    if (value < end && *value == ':') value++;
    if (value < end && *value == ' ') value++;
    return end - value < 4 || memcmp(value, "null", 4) != 0;
}

/* Looks closer at the places that `marks` (a byte each) names. */
static bool any_key(const uint64_t marks[WORDS], const uint8_t *bytes, const uint8_t *end) {
    for (size_t word = 0; word < WORDS; word++) {
        for (uint64_t left = marks[word]; left != 0;) {
            size_t lane = (size_t)__builtin_ctzll(left) / 8;
            if (is_key(bytes + word * 8 + lane, end)) return true;
            left &= ~(0xffull << (lane * 8));
        }
    }
    return false;
}

/* Short or left over: a byte a step. */
static bool scan_bytes(const uint8_t *bytes, const uint8_t *end) {
    for (; bytes < end; bytes++) {
        if (*bytes == '\n') return true;
        if (*bytes == '"' && end - bytes >= KEY_BYTES && is_key(bytes, end)) return true;
    }
    return false;
}

/* Whether one of the two keys, or a line end, is in `bytes`. A key is looked for by its quote and
 * first letter, of which the one differs from the other in a single bit. */
AR_VECTORISED static bool has_key_or_line_end(const uint8_t *bytes, size_t count) {
    const uint8_t *end = bytes + count;
    if (count < STEP + KEY_BYTES) return scan_bytes(bytes, end);
    size_t last_step = count - STEP - KEY_BYTES + 1;
    for (size_t at = 0;;
         at = at + STEP < last_step ? at + STEP : last_step) { /* the last overlaps */
        block_t first, second;
        memcpy(&first, bytes + at, STEP);
        memcpy(&second, bytes + at + 1, STEP);
        block_t key = (block_t)((first == '"') & ((second | ('u' ^ 'e')) == 'u'));
        words_t any = (words_t)(key | (block_t)(first == '\n'));
        if ((any[0] | any[1] | any[2] | any[3]) != 0) {
            uint64_t marks[WORDS];
            memcpy(marks, &key, sizeof marks);
            if (memchr(bytes + at, '\n', STEP) != NULL || any_key(marks, bytes + at, end))
                return true;
        }
        if (at == last_step) break;
    }
    return memchr(end - KEY_BYTES + 1, '\n', KEY_BYTES - 1) != NULL; /* too short for a key */
}

bool ar_is_plain_delta(const uint8_t *bytes, size_t count) {
    const uint8_t *end = bytes + count, *data = bytes;
    if (count > 12 && memcmp(bytes, "event: ", 7) == 0) {
        const uint8_t *line_end = memchr(bytes, '\n', count);
        if (line_end == NULL || line_end - bytes < 12 || memcmp(line_end - 5, "delta", 5) != 0)
            return false;
        data = line_end + 1;
    }
    if (end - data < 10 || memcmp(data, "data: {", 7) != 0) return false;
    return !has_key_or_line_end(data + 6, (size_t)(end - 2 - data) - 6);
}
