/* The way to a provider: names and their addresses, refusals, and the pool of idle connections. */
#include <dlfcn.h>
#include <netdb.h>

#include "io_exchange.h"

/* ---- names: this program's own, before the C library's ------------------------------------------ */

static const char *const *known; /* the addresses of "known.test", literal, NULL at the end */

static struct addrinfo *address_of(const char *literal, uint16_t port, struct addrinfo *next) {
    struct addrinfo *info = calloc(1, sizeof *info + sizeof(struct sockaddr_in6));
    info->ai_addr = (struct sockaddr *)(info + 1);
    info->ai_next = next;
    info->ai_socktype = SOCK_STREAM;
    info->ai_flags = -1; /* made here */
    if (uv_ip4_addr(literal, port, (struct sockaddr_in *)info->ai_addr) == 0) {
        info->ai_addrlen = sizeof(struct sockaddr_in);
    } else {
        /* on libuv's thread: CHECK counts for the test's own */
        if (uv_ip6_addr(literal, port, (struct sockaddr_in6 *)info->ai_addr) != 0) abort();
        info->ai_addrlen = sizeof(struct sockaddr_in6);
    }
    info->ai_family = info->ai_addr->sa_family;
    return info;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **result) {
    static int (*system)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    size_t count = 0;
    if (strcmp(name, "unknown.test") == 0) return EAI_NONAME;
    if (strcmp(name, "known.test") != 0) {
        *(void **)&system = dlsym(RTLD_NEXT, "getaddrinfo");
        return system(name, service, hints, result);
    }
    *result = NULL;
    while (known[count] != NULL) count++;
    while (count-- > 0) *result = address_of(known[count], (uint16_t)atoi(service), *result);
    return 0;
}

void freeaddrinfo(struct addrinfo *list) {
    static void (*system)(struct addrinfo *);
    if (list != NULL && list->ai_flags != -1) {
        *(void **)&system = dlsym(RTLD_NEXT, "freeaddrinfo");
        system(list);
        return;
    }
    for (struct addrinfo *next; list != NULL; list = next) {
        next = list->ai_next;
        free(list);
    }
}

/* ---- a provider on the loopback address --------------------------------------------------------- */

typedef struct {
    ar_loop_t *loop;
    ar_origin_t *origin;
    ar_origin_options_t options;
    int listening;
} bench_t;

static void bench_open(bench_t *bench, const char *host) {
    uint16_t port;
    bench->loop = loop_open();
    bench->listening = peer_listen(&port);
    bench->options = options_default(port);
    bench->options.host = host;
    bench->origin = ar_origin_create(bench->loop, &bench->options, &exchange_events);
}

static void bench_close(bench_t *bench) {
    ar_loop_counters_t counters;
    if (bench->origin != NULL) ar_origin_free(bench->origin);
    CHECK(TURN_UNTIL(bench->loop,
                     (ar_loop_counters(bench->loop, &counters), counters.connections == 0)));
    ar_loop_free(bench->loop);
    close(bench->listening);
}

static void connect_to(bench_t *bench, exchange_t *exchange, int pooled) {
    *exchange = (exchange_t){.keeps = true};
    exchange->source = ar_origin_connect(bench->origin, pooled, exchange);
    CHECK(exchange->source != NULL);
}

static bool is_settled(const exchange_t *exchange) { return exchange->ready + exchange->ends > 0; }

/* ---- connecting --------------------------------------------------------------------------------- */

static void check_connects(const char *host, const char *const *addresses) {
    bench_t bench;
    exchange_t exchange;
    known = addresses;
    bench_open(&bench, host);
    connect_to(&bench, &exchange, 1);
    CHECK(!is_settled(&exchange)); /* never inside the call */
    CHECK(TURN_UNTIL(bench.loop, is_settled(&exchange)));
    CHECK(exchange.ready == 1 && exchange.reused == 0 && exchange.ends == 0);
    if (exchange.source != NULL) ar_conn_close(exchange.source);
    CHECK(TURN_UNTIL(bench.loop, exchange.closes == 1));
    bench_close(&bench);
}

static void test_addresses(void) {
    check_that("every address of a name is tried in turn, whatever its family");
    check_connects("127.0.0.1", NULL);
    check_connects("localhost", NULL);
    check_connects("known.test", (const char *[]){"127.0.0.1", NULL});
    check_connects("known.test",
                   (const char *[]){"127.0.0.2", "127.0.0.3", "::1", "127.0.0.1", NULL});
    /* No connection to a multicast address is even begun. */
    check_connects("known.test", (const char *[]){"ff02::1", "127.0.0.1", NULL});
    check_connects("known.test",
                   (const char *[]){"ff02::1", "ff02::2", "127.0.0.2", "127.0.0.1", NULL});
}

static void check_fails(const char *host, const char *const *addresses, int reason, int system) {
    bench_t bench;
    exchange_t exchange;
    known = addresses;
    bench_open(&bench, host);
    close(bench.listening);
    bench.listening = open("/dev/null", O_RDONLY | O_CLOEXEC);
    connect_to(&bench, &exchange, 0);
    CHECK(exchange.ends == 0);
    CHECK(TURN_UNTIL(bench.loop, exchange.closes == 1));
    CHECK(exchange.ready == 0 && exchange.ends == 1 && exchange.end_reason == reason);
    CHECK(system == 0 ? exchange.end_system < 0 : exchange.end_system == system);
    bench_close(&bench);
}

static void test_failures(void) {
    check_that("a provider that cannot be found or reached is told of");
    check_fails("127.0.0.1", NULL, AR_END_REFUSED, UV_ECONNREFUSED);
    check_fails("::1", NULL, AR_END_REFUSED, 0); /* whether there is IPv6 here or not */
    check_fails("known.test", (const char *[]){"127.0.0.2", "127.0.0.1", NULL}, AR_END_REFUSED,
                UV_ECONNREFUSED);
    check_fails("known.test", (const char *[]){"127.0.0.2", "ff02::1", NULL}, AR_END_REFUSED,
                UV_ENETUNREACH);
    check_fails("unknown.test", NULL, AR_END_UNRESOLVED, UV_EAI_NONAME);
}

/* A listener at 127.0.0.2 that takes no further connection: what is sent to it is swallowed. */
static int full_listener(uint16_t port, int *waiting, int count) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = loopback(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 0) == 0);
    for (int i = 0; i < count; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        connect(waiting[i], (struct sockaddr *)&address, sizeof address);
    }
    return fd;
}

static void test_silent_address(void) {
    check_that(
        "an address that answers nothing leaves time for the next; all together have a deadline");
    static const char *const addresses[][3] = {{"127.0.0.2", "127.0.0.1"},
                                               {"127.0.0.2", "127.0.0.2"}};
    for (int i = 0; i < 2; i++) {
        bench_t bench;
        exchange_t exchange;
        int waiting[4];
        known = addresses[i];
        bench_open(&bench, "known.test");
        int full = full_listener(bench.options.port, waiting, 4);
        bench.origin->options.connect_ms = 600;
        uint64_t start = ar_clock_ns();
        connect_to(&bench, &exchange, 0);
        CHECK(TURN_UNTIL(bench.loop, is_settled(&exchange)));
        CHECK(i == 0 ? exchange.ready == 1 : exchange.end_reason == AR_END_TIMEOUT_CONNECT);
        CHECK((ar_clock_ns() - start) / 1000000 < 1000);
        if (exchange.source != NULL) ar_conn_close(exchange.source);
        CHECK(TURN_UNTIL(bench.loop, exchange.closes == 1));
        for (int fd = 0; fd < 4; fd++) close(waiting[fd]);
        close(full);
        bench_close(&bench);
    }
}

static void test_close_on_the_way(void) {
    check_that("a connection may be closed at any point on its way");
    for (int turns = 0; turns < 8; turns++) {
        for (int name = 0; name < 2; name++) {
            bench_t bench;
            exchange_t exchange;
            known = (const char *[]){"127.0.0.2", "ff02::1", "127.0.0.3", "127.0.0.1", NULL};
            bench_open(&bench, name ? "known.test" : "127.0.0.1");
            connect_to(&bench, &exchange, 0);
            for (int i = 0; i < turns; i++) turn(bench.loop);
            ar_conn_close(exchange.source);
            CHECK(exchange.closes == 0);
            CHECK(TURN_UNTIL(bench.loop, exchange.closes == 1) && exchange.ends == 0);
            bench_close(&bench);
        }
    }
}

static void test_free_on_the_way(void) {
    check_that("a loop may be freed while a name is resolved or a connection made");
    for (int turns = 0; turns < 4; turns++) {
        bench_t bench;
        exchange_t exchange;
        known = (const char *[]){"127.0.0.2", "127.0.0.1", NULL};
        bench_open(&bench, "known.test");
        connect_to(&bench, &exchange, 0);
        for (int i = 0; i < turns; i++) turn(bench.loop);
        ar_origin_free(bench.origin);
        ar_loop_free(bench.loop);
        CHECK(exchange.closes == 1);
        close(bench.listening);
    }
}

/* ---- the pool ----------------------------------------------------------------------------------- */

/* One exchange, its answer `text`; the connection is released. The provider's end. */
static int exchange_once(bench_t *bench, exchange_t *exchange, const char *text) {
    connect_to(bench, exchange, 1);
    CHECK(TURN_UNTIL(bench->loop, exchange->ready == 1));
    int peer = -1;
    if (!exchange->reused)
        CHECK(TURN_UNTIL(bench->loop, (peer = peer_accept(bench->listening)) >= 0));
    ar_slice_t request = slice_of("GET / HTTP/1.1\r\n\r\n");
    CHECK(ar_conn_write(exchange->source, &request, 1, 0) == 0);
    CHECK(ar_conn_sent(exchange->source) == request.count);
    ar_conn_expect_response(exchange->source, 0);
    if (peer < 0) return peer;
    peer_say(peer, text);
    CHECK(TURN_UNTIL(bench->loop, exchange->completes == 1));
    ar_conn_release(exchange->source);
    return peer;
}

#define ANSWER "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void test_reuse(void) {
    check_that("a connection whose exchange is over serves the next, at once");
    bench_t bench;
    exchange_t first, second;
    bench_open(&bench, "127.0.0.1");
    int peer = exchange_once(&bench, &first, ANSWER);
    CHECK(first.closes == 1 && ar_origin_idle_count(bench.origin) == 1); /* inside the call */
    connect_to(&bench, &second, 1);
    CHECK(second.ready == 1 && second.reused == 1 && ar_origin_idle_count(bench.origin) == 0);
    ar_slice_t request = slice_of("GET /2 HTTP/1.1\r\n\r\n");
    ar_conn_write(second.source, &request, 1, 0);
    CHECK(ar_conn_sent(second.source) == request.count);
    ar_conn_expect_response(second.source, 0);
    peer_say(peer, ANSWER);
    CHECK(TURN_UNTIL(bench.loop, second.completes == 1));
    CHECK(buffer_reads(&second.body, "ok") && first.heads == 1);
    ar_conn_release(second.source);
    CHECK(ar_origin_idle_count(bench.origin) == 1);
    ar_origin_free(bench.origin); /* with an idle connection in it */
    bench.origin = NULL;
    close(peer);
    buffer_free(&first.body);
    buffer_free(&second.body);
    bench_close(&bench);
}

static void test_not_kept(void) {
    check_that("a connection that is not sound, or not wanted, is not kept");
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokay",
        "HTTP/1.1 204 No\r\n\r\nbody",
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        bench_t bench;
        exchange_t exchange;
        bench_open(&bench, "127.0.0.1");
        int peer = exchange_once(&bench, &exchange, answers[i]);
        CHECK(ar_origin_idle_count(bench.origin) == 0);
        CHECK(TURN_UNTIL(bench.loop, exchange.closes == 1));
        close(peer);
        buffer_free(&exchange.body);
        bench_close(&bench);
    }
}

static void test_stale(void) {
    check_that("a pooled connection that was closed, or spoke out of turn, is not used");
    for (int fault = 0; fault < 3; fault++) {
        for (int seen = 0; seen < 2; seen++) {
            bench_t bench;
            exchange_t first, second;
            bench_open(&bench, "127.0.0.1");
            int peer = exchange_once(&bench, &first, ANSWER);
            CHECK(ar_origin_idle_count(bench.origin) == 1);
            if (fault == 0) close(peer);
            if (fault == 1) peer_reset(peer);
            if (fault == 2) peer_say(peer, "HTTP/1.1 200 OK\r\n\r\n");
            if (seen) CHECK(TURN_UNTIL(bench.loop, ar_origin_idle_count(bench.origin) == 0));
            connect_to(&bench, &second, 1);
            CHECK(second.ready == 0 && ar_origin_idle_count(bench.origin) == 0);
            CHECK(TURN_UNTIL(bench.loop, second.ready == 1) && second.reused == 0);
            ar_conn_close(second.source);
            if (fault == 2) close(peer);
            buffer_free(&first.body);
            bench_close(&bench);
        }
    }
}

static void test_closed_under_a_request(void) {
    check_that("a pooled connection that dies under a request ends without an answer");
    bench_t bench;
    exchange_t first, second;
    bench_open(&bench, "127.0.0.1");
    int peer = exchange_once(&bench, &first, ANSWER);
    exchange_once(&bench, &second, NULL);
    CHECK(second.reused == 1);
    close(peer);
    CHECK(TURN_UNTIL(bench.loop, second.closes == 1));
    CHECK(second.heads == 0 && second.ends == 1);
    CHECK(second.end_reason == AR_END_EOF || second.end_reason == AR_END_RESET);
    buffer_free(&first.body);
    bench_close(&bench);
}

static void test_pool_limits(void) {
    check_that(
        "a pool keeps as many connections as it may, for as long as it may, and gives the newest");
    bench_t bench;
    exchange_t exchanges[3];
    int peers[3];
    bench_open(&bench, "127.0.0.1");
    bench.origin->options.pool_idle_ms = 400;
    for (int i = 0; i < 3; i++) {
        connect_to(&bench, &exchanges[i], 0);
        CHECK(TURN_UNTIL(bench.loop, exchanges[i].ready == 1));
        CHECK(TURN_UNTIL(bench.loop, (peers[i] = peer_accept(bench.listening)) >= 0));
        ar_conn_expect_response(exchanges[i].source, 0);
        peer_say(peers[i], ANSWER);
        CHECK(TURN_UNTIL(bench.loop, exchanges[i].completes == 1));
    }
    ar_conn_t *newest = exchanges[1].source;
    for (int i = 0; i < 3; i++) ar_conn_release(exchanges[i].source);
    CHECK(ar_origin_idle_count(bench.origin) == 2);
    exchange_t next;
    connect_to(&bench, &next, 1);
    CHECK(next.source == newest && next.reused == 1);
    ar_conn_close(next.source);
    CHECK(TURN_UNTIL(bench.loop, ar_origin_idle_count(bench.origin) == 0));
    for (int i = 0; i < 3; i++) {
        close(peers[i]);
        buffer_free(&exchanges[i].body);
    }
    bench_close(&bench);
}

static void test_origin_goes_first(void) {
    check_that("an origin may be freed before its connections; they are then not kept");
    bench_t bench;
    exchange_t exchange;
    bench_open(&bench, "127.0.0.1");
    connect_to(&bench, &exchange, 0);
    CHECK(TURN_UNTIL(bench.loop, exchange.ready == 1));
    ar_origin_free(bench.origin);
    bench.origin = NULL;
    int peer = -1;
    CHECK(TURN_UNTIL(bench.loop, (peer = peer_accept(bench.listening)) >= 0));
    ar_conn_expect_response(exchange.source, 0);
    peer_say(peer, ANSWER);
    CHECK(TURN_UNTIL(bench.loop, exchange.completes == 1));
    ar_conn_release(exchange.source);
    CHECK(TURN_UNTIL(bench.loop, exchange.closes == 1));
    close(peer);
    buffer_free(&exchange.body);
    bench_close(&bench);
}

int main(void) {
    test_addresses();
    test_failures();
    test_silent_address();
    test_close_on_the_way();
    test_free_on_the_way();
    test_reuse();
    test_not_kept();
    test_stale();
    test_closed_under_a_request();
    test_pool_limits();
    test_origin_goes_first();
    return check_end();
}
