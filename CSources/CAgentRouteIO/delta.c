/* Tells the events that pass by the thousand from those that matter, 16 bytes a step. */
#include "internal.h"

typedef uint8_t block_t __attribute__((vector_size(16)));
typedef uint64_t halves_t __attribute__((vector_size(16)));

enum { KEY_BYTES = 7, STEP = 16 }; /* "usage" and "error", quotes included: both are as long */

static block_t load(const uint8_t *bytes) {
    block_t block;
    memcpy(&block, bytes, sizeof block);
    return block;
}

/* Whether `key` (KEY_BYTES of it) is one of the two, with a value other than null. */
static bool is_key(const uint8_t *key, const uint8_t *end) {
    if (memcmp(key, "\"usage\"", KEY_BYTES) != 0 && memcmp(key, "\"error\"", KEY_BYTES) != 0) return false;
    const uint8_t *value = key + KEY_BYTES;
    if (value < end && *value == ':') value++;
    if (value < end && *value == ' ') value++;
    return end - value < 4 || memcmp(value, "null", 4) != 0;
}

/* The keys are found by their two quotes: few other strings are five letters long. */
static bool has_key(const uint8_t *bytes, size_t count) {
    const uint8_t *end = bytes + count;
    size_t at = 0;
    for (; at + STEP + KEY_BYTES <= count; at += STEP) {
        block_t opening = load(bytes + at) == (block_t){} + '"';
        block_t closing = load(bytes + at + KEY_BYTES - 1) == (block_t){} + '"';
        halves_t both = (halves_t)(opening & closing);
        if ((both[0] | both[1]) == 0) continue;
        for (size_t half = 0; half < 2; half++) {
            for (uint64_t left = both[half]; left != 0;) {
                size_t lane = (size_t)__builtin_ctzll(left) / 8;
                if (is_key(bytes + at + half * 8 + lane, end)) return true;
                left &= ~(0xffull << (lane * 8));
            }
        }
    }
    for (; at + KEY_BYTES <= count; at++) {
        if (bytes[at] == '"' && bytes[at + KEY_BYTES - 1] == '"' && is_key(bytes + at, end)) return true;
    }
    return false;
}

bool ar_is_plain_delta(const uint8_t *bytes, size_t count) {
    const uint8_t *end = bytes + count, *data = bytes;
    if (count > 12 && memcmp(bytes, "event: ", 7) == 0) {
        const uint8_t *line_end = memchr(bytes, '\n', count);
        if (line_end == NULL || line_end - bytes < 12 || memcmp(line_end - 5, "delta", 5) != 0) return false;
        data = line_end + 1;
    }
    if (end - data < 10 || memcmp(data, "data: {", 7) != 0) return false;
    if (memchr(data, '\n', (size_t)(end - data)) != end - 2) return false;
    return !has_key(data + 6, (size_t)(end - 2 - data) - 6);
}
