#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stddef.h>
#include <stdint.h>

/* What the load generator and the source share. Both are single-threaded, and both end with a
 * message and code 1 on the first thing that is not as it should be: a benchmark that goes on after
 * a fault measures the fault. */

/* What the reader checks of an event, at the beginning of its text, where it outlives a translation:
 * this, 16 hexadecimal digits of the monotonic clock in nanoseconds, 8 of the event's number in its
 * stream. */
#define BENCH_MARK "mark:"

/* What the source is to do stands in the first message of a request, from here to a semicolon: header
 * fields do not pass every gateway. */
#define BENCH_SETTINGS "x-bench: "

enum {
    BENCH_TIME_DIGITS = 16,
    BENCH_NUMBER_DIGITS = 8,
    BENCH_MARK_COUNT = sizeof(BENCH_MARK) - 1 + BENCH_TIME_DIGITS + BENCH_NUMBER_DIGITS
};

/* Prints "program: message" on stderr and ends with code 1. */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* CLOCK_MONOTONIC, the same in every process of the machine. */
uint64_t bench_now_ns(void);

/* Writes `value` as `digits` hexadecimal digits, without a terminator, and reads them back. */
void bench_put_hex(char *at, int digits, uint64_t value);
uint64_t bench_get_hex(const char *at, int digits);

/* The number after `name` ("events=") in `text`, or `otherwise` when it is not there. */
uint64_t bench_setting(const char *text, const char *name, uint64_t otherwise);

/* A non-blocking socket with TCP_NODELAY; fails on an error. */
void bench_prepare(int fd);

/* As calloc and realloc; both fail instead of returning NULL. */
void *bench_zeroed(size_t count, size_t size);
void *bench_grown(void *old, size_t size);

#endif
