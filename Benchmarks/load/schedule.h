#ifndef BENCH_SCHEDULE_H
#define BENCH_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

/* What is due when: a binary heap of entries that live in their owners. */

#define BENCH_NOT_DUE SIZE_MAX

typedef struct {
    uint64_t due_ns;
    size_t place; /* in the heap, BENCH_NOT_DUE outside it; kept by the schedule */
} bench_due_t;

typedef struct {
    bench_due_t **entries;
    size_t count, capacity;
} bench_schedule_t;

void bench_schedule_add(bench_schedule_t *schedule, bench_due_t *entry, uint64_t due_ns);
/* Moves an entry to a later time. */
void bench_schedule_delay(bench_schedule_t *schedule, bench_due_t *entry, uint64_t due_ns);
/* Nothing happens when the entry is not in the schedule. */
void bench_schedule_remove(bench_schedule_t *schedule, bench_due_t *entry);
/* The entry that is due first; NULL when there is none. */
bench_due_t *bench_schedule_first(const bench_schedule_t *schedule);

#endif
