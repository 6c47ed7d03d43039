#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

_Noreturn void bench_fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

uint64_t bench_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void bench_put_hex(char *at, int digits, uint64_t value) {
    for (int i = digits - 1; i >= 0; i--, value >>= 4) at[i] = "0123456789abcdef"[value & 15];
}

uint64_t bench_get_hex(const char *at, int digits) {
    uint64_t value = 0;
    for (int i = 0; i < digits; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) bench_fail("an event is damaged: %.*s", digits, at);
        value = value << 4 | (uint64_t)digit;
    }
    return value;
}

uint64_t bench_setting(const char *text, const char *name, uint64_t otherwise) {
    const char *found = strstr(text, name);
    return found ? strtoull(found + strlen(name), NULL, 10) : otherwise;
}

void bench_prepare(int fd) {
    int on = 1;
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0) bench_fail("fcntl: %m");
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        bench_fail("TCP_NODELAY: %m");
}

void *bench_zeroed(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) bench_fail("no memory");
    return memory;
}

void *bench_grown(void *old, size_t size) {
    void *memory = realloc(old, size);
    if (!memory) bench_fail("no memory");
    return memory;
}
