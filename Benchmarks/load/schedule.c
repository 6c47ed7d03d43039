#include "schedule.h"

#include "common.h"

static void put(bench_schedule_t *schedule, size_t place, bench_due_t *entry) {
    schedule->entries[place] = entry;
    entry->place = place;
}

static void sift_up(bench_schedule_t *schedule, bench_due_t *entry) {
    size_t place = entry->place;
    while (place > 0) {
        bench_due_t *parent = schedule->entries[(place - 1) / 2];
        if (parent->due_ns <= entry->due_ns) break;
        put(schedule, place, parent);
        place = (place - 1) / 2;
    }
    put(schedule, place, entry);
}

static void sift_down(bench_schedule_t *schedule, bench_due_t *entry) {
    size_t place = entry->place;
    for (;;) {
        size_t child = 2 * place + 1;
        if (child >= schedule->count) break;
        bench_due_t **pair = &schedule->entries[child];
        if (child + 1 < schedule->count && pair[1]->due_ns < pair[0]->due_ns) pair++;
        if ((*pair)->due_ns >= entry->due_ns) break;
        size_t next = (*pair)->place;
        put(schedule, place, *pair);
        place = next;
    }
    put(schedule, place, entry);
}

void bench_schedule_add(bench_schedule_t *schedule, bench_due_t *entry, uint64_t due_ns) {
    if (schedule->count == schedule->capacity) {
        schedule->capacity = schedule->capacity ? 2 * schedule->capacity : 256;
        size_t size = schedule->capacity * sizeof *schedule->entries;
        schedule->entries = bench_grown(schedule->entries, size);
    }
    entry->due_ns = due_ns;
    entry->place = schedule->count++;
    sift_up(schedule, entry);
}

void bench_schedule_delay(bench_schedule_t *schedule, bench_due_t *entry, uint64_t due_ns) {
    entry->due_ns = due_ns;
    sift_down(schedule, entry);
}

void bench_schedule_remove(bench_schedule_t *schedule, bench_due_t *entry) {
    if (entry->place == BENCH_NOT_DUE) return;
    bench_due_t *last = schedule->entries[--schedule->count];
    if (last != entry) {
        put(schedule, entry->place, last);
        sift_up(schedule, last);
        sift_down(schedule, last);
    }
    entry->place = BENCH_NOT_DUE;
}

bench_due_t *bench_schedule_first(const bench_schedule_t *schedule) {
    return schedule->count > 0 ? schedule->entries[0] : NULL;
}
