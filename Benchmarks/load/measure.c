#include "measure.h"

#include "common.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

uint64_t bench_cpu_ns(pid_t pid) {
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        bench_fail("no process %d", (int)pid);
    return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

uint64_t bench_main_thread_ns(pid_t pid) {
    char path[64];
    uint64_t ns = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", (int)pid, (int)pid);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%" SCNu64, &ns) != 1) bench_fail("%s: %m", path);
    fclose(file);
    return ns;
}

uint64_t bench_resident_kib(pid_t pid) {
    char path[64], line[256];
    uint64_t kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file) bench_fail("%s: %m", path);
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "VmRSS: %" SCNu64, &kib) == 1) break;
    fclose(file);
    return kib;
}

void bench_samples_add(bench_samples_t *samples, uint64_t ns) {
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity ? 2 * samples->capacity : 4096;
        samples->ns = bench_grown(samples->ns, samples->capacity * sizeof *samples->ns);
    }
    samples->ns[samples->count++] = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
}

static int by_value(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

uint32_t bench_samples_quantile(bench_samples_t *samples, unsigned per_mille) {
    if (samples->count == 0) return 0;
    qsort(samples->ns, samples->count, sizeof *samples->ns, by_value);
    return samples->ns[(samples->count - 1) * per_mille / 1000];
}
