#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* CPU time used by process `pid`, all its threads, user and kernel, in nanoseconds: the clock that
 * /proc/PID/stat shows in ticks of 10 ms. Fails when there is no such process. */
uint64_t bench_cpu_ns(pid_t pid);

/* CPU time used by the main thread of process `pid`, in nanoseconds (/proc/PID/task/PID/schedstat). */
uint64_t bench_main_thread_ns(pid_t pid);

/* Resident memory of process `pid` in KiB (VmRSS of /proc/PID/status). */
uint64_t bench_resident_kib(pid_t pid);

/* A growing set of times. */
typedef struct {
    uint32_t *ns;
    size_t count, capacity;
} bench_samples_t;

/* Times beyond 4 s count as 4 s. */
void bench_samples_add(bench_samples_t *samples, uint64_t ns);

/* The value below which `per_mille` thousandths of the samples are; 0 without samples. Sorts. */
uint32_t bench_samples_quantile(bench_samples_t *samples, unsigned per_mille);

#endif
