/* A test program's checks. CHECK counts and says what failed and where, and goes on; main ends with
 * `return check_end();`, which is 1 when a check failed or none ran. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>

static int check_count;
static int check_failures;
static const char *check_promise = "";

/* Says which promise the following checks keep. */
static inline void check_that(const char *promise) { check_promise = promise; }

/* Returns `held`, so that a test can stop where going on makes no sense. */
static inline bool check_note(bool held, const char *what, const char *file, int line) {
    check_count++;
    if (!held) {
        check_failures++;
        fprintf(stderr, "%s:%d: %s: not so: %s\n", file, line, check_promise, what);
    }
    return held;
}

#define CHECK(condition) check_note((condition), #condition, __FILE__, __LINE__)

static inline int check_end(void) {
    printf("%d checks, %d failed\n", check_count, check_failures);
    return check_count == 0 || check_failures != 0;
}

#endif
