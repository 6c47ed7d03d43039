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

/* The contract of ar_plain_delta_chunks, a chunk at a time. */
static size_t plainly_chunks(const uint8_t *bytes, size_t count) {
    size_t body = 0;
    for (size_t at = 0; at < count;) {
        size_t size = 0, digits = 0;
        for (; at < count && digits < 7; at++, digits++) {
            const char *known = "0123456789abcdef";
            const char *digit = bytes[at] == 0 ? NULL : strchr(known, bytes[at] | 0x20);
            if (digit == NULL) break;
            size = size * 16 + (size_t)(digit - known);
        }
        if (digits == 0 || count - at < 2 || memcmp(bytes + at, "\r\n", 2) != 0) return 0;
        at += 2;
        if (count - at < size || count - at - size < 2 || size < 10) return 0;
        const uint8_t *event = bytes + at;
        if (memcmp(event + size - 2, "\n\n\r\n", 4) != 0 || !plainly(event, size)) return 0;
        body += size;
        at += size + 2;
    }
    return body;
}

static void test_chunks(void) {
    long passed = 0, reads = 100000;
    check_that("the fast look at many chunks agrees with a plain one");
    for (long i = 0; i < reads; i++) {
        uint8_t bytes[24 * 1100];
        size_t count = 0, most = i % 50 == 0 ? 24 : 5;
        for (size_t chunks = (size_t)rand() % most + 1; chunks > 0; chunks--) {
            uint8_t event[1024];
            size_t size;
            do size = make_event(event); /* mostly plain ones, or hardly a read would pass */
            while (!plainly(event, size) && rand() % 40 != 0);
            count += (size_t)sprintf((char *)bytes + count, rand() % 2 ? "%zx\r\n" : "%zX\r\n",
                                     size);
            memcpy(bytes + count, event, size);
            count = append(bytes, count + size, rand() % 100 == 0 ? "\n\n" : "\r\n");
        }
        if (rand() % 10 == 0) count -= (size_t)rand() % count;
        if (rand() % 10 == 0) bytes[(size_t)rand() % count] = "\n\"a:"[rand() % 4];
        uint8_t *exact = malloc(count);
        memcpy(exact, bytes, count);
        size_t body = ar_plain_delta_chunks(exact, count);
        CHECK(body == plainly_chunks(exact, count));
        passed += body > 0;
        free(exact);
    }
    CHECK(passed > reads / 4 && passed < reads - reads / 10);
}

static void test_long_event(void) {
    check_that("an event of any length is counted right, and a key at its very end is found");
    size_t capacity = 40000;
    uint8_t *event = malloc(capacity);
    for (size_t size = 60; size < capacity; size += size < 200 ? 1 : size / 7) {
        memset(event, 'x', size);
        memcpy(event, "data: {", 7);
        memcpy(event + size - 2, "\n\n", 2);
        CHECK(ar_is_plain_delta(event, size));
        memcpy(event + size - 10, "\"usage\":", 8);
        CHECK(!ar_is_plain_delta(event, size));
        memset(event + size - 10, 'x', 8);
        event[size / 2] = '\n';
        CHECK(!ar_is_plain_delta(event, size));
        memset(event + 7, '\n', size - 9); /* more line ends than a lane of a byte counts */
        CHECK(!ar_is_plain_delta(event, size));
    }
    free(event);
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
    test_chunks();
    test_long_event();
    return check_end();
}
