/* What a streamed event costs in memory: nothing. Counts every allocation of the process, libuv's and
 * the C library's included, while ten thousand events pass. */
#include "io_exchange.h"

static bool counting;
static size_t allocations;

static void count_allocation(void) {
    if (counting) allocations++;
}

/* The sanitizer replaces the allocator and tells of each call; else this program's own comes first. */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/allocator_interface.h>

static void on_malloc(const volatile void *pointer, size_t size) {
    (void)pointer;
    (void)size;
    count_allocation();
}
static void on_free(const volatile void *pointer) { (void)pointer; }
static void watch_allocations(void) {
    __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
}
#else
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void __libc_free(void *pointer);

void *malloc(size_t size) {
    count_allocation();
    return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
    count_allocation();
    return __libc_calloc(count, size);
}
void *realloc(void *pointer, size_t size) {
    count_allocation();
    return __libc_realloc(pointer, size);
}
void free(void *pointer) { __libc_free(pointer); }
static void watch_allocations(void) {}
#endif

enum { WARM_UP = 100, EVENTS = 10000 };

typedef struct {
    const char *promise, *head;
    size_t event; /* bytes of one */
    size_t burst; /* events of one read */
    bool chunked; /* the provider's framing: a chunk for each event */
    int framing, flags;
    size_t cut; /* where each burst is cut in two reads; 0 for nowhere */
} load_t;

#define CHUNKED_HEAD "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define TO_END_HEAD  "HTTP/1.1 200 OK\r\n\r\n"

static const load_t loads[] = {
    {"one event a read costs no allocation", CHUNKED_HEAD, 200, 1, true, AR_RELAY_RAW,
     AR_RELAY_EVENTS | AR_RELAY_OBSERVE, 0},
    {"64 events a read cost no allocation", CHUNKED_HEAD, 200, 64, true, AR_RELAY_RAW,
     AR_RELAY_EVENTS | AR_RELAY_OBSERVE, 0},
    {"events of 16 KiB cost no allocation", CHUNKED_HEAD, 16384, 1, true, AR_RELAY_RAW,
     AR_RELAY_EVENTS | AR_RELAY_OBSERVE, 0},
    {"events that come in two reads cost no allocation", CHUNKED_HEAD, 200, 1, true, AR_RELAY_RAW,
     AR_RELAY_EVENTS | AR_RELAY_OBSERVE, 100},
    {"events of 16 KiB that come in two reads cost no allocation", CHUNKED_HEAD, 16384, 1, true,
     AR_RELAY_RAW, AR_RELAY_EVENTS, 9000},
    {"events that lose their chunks cost no allocation", CHUNKED_HEAD, 200, 3, true, AR_RELAY_PLAIN,
     AR_RELAY_EVENTS, 333},
    {"events that are put into chunks cost no allocation", TO_END_HEAD, 200, 3, false,
     AR_RELAY_CHUNKED, AR_RELAY_EVENTS, 333},
    {"a body that is no event stream costs no allocation", CHUNKED_HEAD, 16384, 2, true,
     AR_RELAY_RAW, 0, 0},
};

static void ignore_body(void *ctx, ar_slice_t bytes) {
    (void)ctx;
    (void)bytes;
}

/* One burst as it leaves the provider. */
static buffer_t burst_of(const load_t *load) {
    buffer_t burst = {0};
    for (size_t i = 0; i < load->burst; i++) {
        if (load->chunked) buffer_print(&burst, "%zx\r\n", load->event);
        buffer_text(&burst, "data: ");
        for (size_t at = 8; at < load->event; at++) buffer_text(&burst, "x");
        buffer_text(&burst, "\n\n");
        if (load->chunked) buffer_text(&burst, "\r\n");
    }
    return burst;
}

/* Bytes that have come for the client. */
static size_t drain(int fd) {
    static uint8_t bytes[65536];
    size_t total = 0;
    for (ssize_t count; (count = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;)
        total += (size_t)count;
    return total;
}

/* Sends `burst` so often that `events` have been sent; how many bytes came of it. */
static size_t stream(relay_t *relay, const load_t *load, const buffer_t *burst, size_t events) {
    size_t arrived = 0;
    for (size_t sent = 0; sent < events; sent += load->burst) {
        bool whole = peer_send_some(relay->upstream, burst->bytes, load->cut) == load->cut;
        if (load->cut > 0) settle(relay->house->loop);
        size_t rest = burst->count - load->cut;
        whole = whole && peer_send_some(relay->upstream, burst->bytes + load->cut, rest) == rest;
        settle(relay->house->loop);
        arrived += drain(relay->client);
        if (!CHECK(whole)) break;
    }
    return arrived;
}

static void check_load(const load_t *load) {
    check_that(load->promise);
    ar_limits_t limits = limits_default();
    house_t house;
    relay_t relay;
    house_open(&house, &limits);
    house.origin->shared->events.on_body = ignore_body;
    buffer_t burst = burst_of(load);
    relay_open(&relay, &house, load->framing, load->flags);
    relay_send(&relay, load->head, strlen(load->head));
    CHECK(drain(relay.client) == sizeof RELAYED_HEAD - 1);
    size_t warm = stream(&relay, load, &burst, WARM_UP * load->burst);
    allocations = 0;
    counting = true;
    size_t arrived = stream(&relay, load, &burst, EVENTS);
    counting = false;
    if (!CHECK(allocations == 0)) fprintf(stderr, "%zu allocations\n", allocations);
    size_t rounds = (EVENTS + load->burst - 1) / load->burst;
    CHECK(arrived / rounds >= load->event * load->burst && arrived * WARM_UP == warm * rounds);
    ar_loop_counters_t counters;
    ar_loop_counters(house.loop, &counters);
    CHECK(counters.partial_writes == 0);
    buffer_free(&burst);
    relay_close(&relay);
    house_close(&house);
}

int main(void) {
    watch_allocations();
    counting = true;
    void *volatile counted = malloc(1); /* or the count would always be none */
    free(counted);
    counting = false;
    check_that("allocations are counted");
    CHECK(allocations > 0);
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++) check_load(&loads[i]);
    return check_end();
}
