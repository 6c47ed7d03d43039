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

/* Vectors do not pass from function to function: how they would depends on the processor. */
#define AR_INLINED static inline __attribute__((always_inline))

typedef uint8_t block_t __attribute__((vector_size(32)));
typedef uint64_t words_t __attribute__((vector_size(32)));

enum {
    KEY_BYTES = 7, /* "usage" and "error", quotes included: both are as long */
    BLOCK = 32,
    STEP = 2 * BLOCK,
    STEP_WORDS = STEP / 8,
    LINE_STEPS = 126, /* and the last one: so many can be counted in lanes of a byte */
    DELTA_LEAST = 10  /* "data: {" and what is behind it */
};

/* Whether `key` is one of the two, with a value other than null. */
static bool is_key(const uint8_t *key, const uint8_t *end) {
    if (end - key < KEY_BYTES) return false;
    if (memcmp(key, "\"usage\"", KEY_BYTES) != 0 && memcmp(key, "\"error\"", KEY_BYTES) != 0)
        return false;
    const uint8_t *value = key + KEY_BYTES;
    if (value < end && *value == ':') value++;
    if (value < end && *value == ' ') value++;
    return end - value < 4 || memcmp(value, "null", 4) != 0;
}

/* Looks closer at the places that `marks` (a byte each) names. */
static bool any_key(const uint64_t marks[STEP_WORDS], const uint8_t *bytes, const uint8_t *end) {
    for (size_t word = 0; word < STEP_WORDS; word++) {
        for (uint64_t left = marks[word]; left != 0;) {
            size_t lane = (size_t)__builtin_ctzll(left) / 8;
            if (is_key(bytes + word * 8 + lane, end)) return true;
            left &= ~(0xffull << (lane * 8));
        }
    }
    return false;
}

/* Short: a byte a step. */
static bool has_key_bytewise(const uint8_t *bytes, const uint8_t *end, size_t *lines) {
    for (; bytes < end; bytes++) {
        *lines += *bytes == '\n';
        if (*bytes == '"' && is_key(bytes, end)) return true;
    }
    return false;
}

/* Marks, a byte each, where in a block a key may begin, and where a line ends. A key is looked for by
 * its quote and first letter, of which the one differs from the other in a single bit. */
AR_INLINED void mark(const uint8_t *bytes, block_t *keys, block_t *line_ends) {
    block_t first, second;
    memcpy(&first, bytes, BLOCK);
    memcpy(&second, bytes + 1, BLOCK);
    *keys = (block_t)((first == '"') & ((second | ('u' ^ 'e')) == 'u'));
    *line_ends = (block_t)(first == '\n');
}

AR_INLINED bool is_marked(const block_t keys[2]) {
    words_t any = (words_t)(keys[0] | keys[1]);
    return (any[0] | any[1] | any[2] | any[3]) != 0;
}

/* The sum of all lanes. */
AR_INLINED size_t sum(const block_t *lanes) {
    const uint64_t even = 0x00ff00ff00ff00ff;
    words_t words = (words_t)*lanes;
    words = (words & even) + ((words >> 8) & even);
    return (size_t)(((words[0] + words[1] + words[2] + words[3]) * 0x0001000100010001) >> 48);
}

/* Steps on from *at, which is at least STEP before `limit`, behind the first step where a key may begin:
 * then true, and *marks. Else to the limit, or as far as lines can be counted. Counts the lines that end
 * on the way; `limit` itself can be read. No call in here: the loop keeps its constants. */
AR_VECTORISED static bool look(const uint8_t **at, const uint8_t *limit, uint64_t marks[STEP_WORDS],
                               size_t *lines) {
    static const uint8_t masks[2 * STEP] = {[STEP... 2 * STEP - 1] = 0xff};
    const uint8_t *start = *at, *bytes = start, *stop = bytes + (limit - bytes) / STEP * STEP;
    block_t keys[2], line_ends[2], count = {0};
    bool found = false;
    if (stop - bytes > LINE_STEPS * STEP) stop = bytes + LINE_STEPS * STEP;
    while (!found && bytes < stop) {
        mark(bytes, &keys[0], &line_ends[0]);
        mark(bytes + BLOCK, &keys[1], &line_ends[1]);
        count -= line_ends[0]; /* a mark is -1 */
        count -= line_ends[1];
        found = is_marked(keys);
        bytes += STEP;
    }
    if (!found && bytes < limit &&
        limit - bytes < STEP) { /* the last step overlaps the one before */
        block_t fresh[2];
        memcpy(fresh, masks + (limit - bytes), sizeof fresh);
        bytes = limit;
        mark(bytes - STEP, &keys[0], &line_ends[0]);
        mark(bytes - BLOCK, &keys[1], &line_ends[1]);
        count -= line_ends[0] & fresh[0];
        count -= line_ends[1] & fresh[1];
        found = is_marked(keys);
    }
    *lines += sum(&count);
    if (found) memcpy(marks, keys, sizeof keys);
    *at = bytes;
    return found;
}

/* Whether one of the two keys is in `bytes`. If not, adds to *lines how many lines end in them. */
static bool has_key(const uint8_t *bytes, size_t count, size_t *lines) {
    const uint8_t *end = bytes + count, *limit = end - 1; /* a step looks one byte beyond itself */
    uint64_t marks[STEP_WORDS];
    if (count <= STEP) return has_key_bytewise(bytes, end, lines);
    while (bytes < limit) {
        if (look(&bytes, limit, marks, lines) && any_key(marks, bytes - STEP, end)) return true;
    }
    *lines += *limit == '\n';
    return false;
}

/* The JSON of an event as deltas have it, behind its `data: ` and the line of its name; NULL when it
 * begins in another way. */
static const uint8_t *delta_json(const uint8_t *bytes, const uint8_t *end) {
    if (end - bytes < DELTA_LEAST) return NULL;
    if (memcmp(bytes, "data: {", 7) == 0) return bytes + 6;
    if (memcmp(bytes, "event: ", 7) != 0) return NULL;
    const uint8_t *line_end = memchr(bytes, '\n', (size_t)(end - bytes));
    if (line_end == NULL || line_end - bytes < 12 || memcmp(line_end - 5, "delta", 5) != 0)
        return NULL;
    const uint8_t *data = line_end + 1;
    return end - data >= DELTA_LEAST && memcmp(data, "data: {", 7) == 0 ? data + 6 : NULL;
}

bool ar_is_plain_delta(const uint8_t *bytes, size_t count) {
    size_t lines = 0;
    const uint8_t *json = delta_json(bytes, bytes + count);
    if (json == NULL) return false;
    return !has_key(json, (size_t)(bytes + count - 2 - json), &lines) && lines == 0;
}

size_t ar_plain_delta_chunks(const uint8_t *bytes, size_t count) {
    size_t body = 0, expected = 0, lines = 0;
    for (size_t at = 0; at < count;) {
        size_t size, head = ar_chunk_head(bytes + at, count - at, &size);
        if (head == 0 || size < DELTA_LEAST || count - at - head < size + 2) return 0;
        const uint8_t *event = bytes + at + head, *end = event + size;
        if (memcmp(end - 2, "\n\n\r\n", 4) != 0) return 0;
        const uint8_t *json = delta_json(event, end);
        if (json == NULL) return 0;
        expected += json == event + 6 ? 4
                                      : 5; /* with those of the chunk; one more is another line */
        body += size;
        at += head + size + 2;
    }
    return !has_key(bytes, count, &lines) && lines == expected ? body : 0;
}
