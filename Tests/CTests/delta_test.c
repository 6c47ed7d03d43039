/* The fast look at an event agrees with a plain one, on half a million made-up events. */
#include "../../CSources/CAgentRouteIO/internal.h"
#include "check.h"

/* The contract of AR_RELAY_SKIP_DELTAS, a byte at a time. */
static bool plainly(const uint8_t *bytes, size_t count) {
    const uint8_t *data = bytes;
    size_t left = count;
    if (count > 12 && memcmp(bytes, "event: ", 7) == 0) {
        const uint8_t *line_end = memchr(bytes, '\n', count);
        if (line_end == NULL || line_end - bytes < 12 || memcmp(line_end - 5, "delta", 5) != 0)
            return false;
        data = line_end + 1;
        left = count - (size_t)(data - bytes);
    }
    if (left < 10 || memcmp(data, "data: {", 7) != 0) return false;
    data += 6;
    left -= 8;
    for (size_t i = 0; i < left; i++) {
        if (data[i] == '\n') return false;
        if (i + 7 > left ||
            (memcmp(data + i, "\"usage\"", 7) != 0 && memcmp(data + i, "\"error\"", 7) != 0))
            continue;
        size_t value = i + 7;
        if (value < left && data[value] == ':') value++;
        if (value < left && data[value] == ' ') value++;
        if (left - value < 4 || memcmp(data + value, "null", 4) != 0) return false;
    }
    return true;
}

static size_t append(uint8_t *event, size_t count, const char *text) {
    memcpy(event + count, text, strlen(text));
    return count + strlen(text);
}

static size_t make_event(uint8_t *event) {
    static const char *const pieces[] = {"\"usage\"",
                                         "\"error\"",
                                         ":null",
                                         ": null",
                                         "\"",
                                         "u",
                                         "e",
                                         "abc",
                                         ":",
                                         "{",
                                         "}",
                                         "\"index\"",
                                         "\"us",
                                         "age\"",
                                         ",",
                                         "\"usage\":{",
                                         "an ordinary piece of text, rather long"};
    size_t count = 0;
    if (rand() % 4 == 0) count = append(event, count, "event: content_block_delta\n");
    count = append(event, count, "data: {");
    for (int left = rand() % 14; left > 0; left--) {
        bool line_end = rand() % 200 == 0;
        count = append(event, count,
                       line_end ? "\n" : pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
    }
    return append(event, count, "}\n\n");
}

int main(void) {
    long skipped = 0, events = 500000;
    check_that("the fast look at an event agrees with a plain one");
    srand(1);
    for (long i = 0; i < events; i++) {
        uint8_t event[1024];
        size_t count = make_event(event);
        uint8_t *exact = malloc(count); /* so that a read past the end is seen */
        memcpy(exact, event, count);
        bool fast = ar_is_plain_delta(exact, count);
        CHECK(fast == plainly(exact, count));
        skipped += fast;
        free(exact);
    }
    CHECK(skipped > events / 10 && skipped < events - events / 10);
    return check_end();
}
