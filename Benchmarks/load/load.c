/* bench-load NAME=VALUE...: the client that the benchmark's proxies serve. Keeps a number of
 * connections to 127.0.0.1 busy with chat requests, one after the other on each, checks every answer,
 * and prints what it saw in a window of time as one line of NAME=VALUE.
 *
 *   port=N             where to connect                     model=NAME   what to ask for
 *   connections=N      how many                             token=TEXT   what to show
 *   body=BYTES         size of a request's body             settings=TEXT   the x-bench field (source.c)
 *   spread=MICROSECONDS   adds a phase to the settings: connection i begins i * spread later
 *   window=MS          how long to measure, once each connection has had its first event or answer
 *   settle=MS          and this time has gone by
 *   requests=N         in place of a window: end when N requests have been answered, all measured
 *   pid=N              the process whose CPU time and memory are read; none when absent
 */
#include "common.h"
#include "measure.h"
#include "reader.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Connections opened and not yet answered, so that no accept queue overflows. */
enum { OPENING_AT_MOST = 64, READ_CAPACITY = 256 << 10 };

typedef struct {
    uint16_t port;
    const char *model, *token, *settings;
    uint64_t connections, body_bytes, spread_us, window_ns, settle_ns, requests;
    pid_t pid;
} plan_t;

typedef struct {
    int fd;
    int connected, answered, lively; /* it stands, has had a byte, has had an event or an answer */
    int waits_for_room;              /* the socket did not take the whole request */
    char head[1024];
    size_t head_count, sent;
    uint64_t asked_ns; /* 0 once the first byte of the answer has come */
    bench_reader_t reader;
} client_t;

typedef struct {
    plan_t plan;
    int epoll, measuring, over;
    client_t *clients;
    uint64_t opened, answered, lively, asked, completed;
    char *body;
    uint64_t now_ns; /* when the bytes under way were read */
    uint64_t settled_ns, started_ns, cpu_ns;
    uint64_t events, responses, bytes;
    bench_samples_t event_times, first_times;
    char input[READ_CAPACITY];
} load_t;

typedef struct {
    load_t *load;
    client_t *client;
} place_t;

/* ---- requests ----------------------------------------------------------------------------------- */

/* A chat request of `count` bytes with one long message. */
static char *request_body(const char *model, size_t count) {
    static const char end[] = "\"}]}";
    char *body = bench_grown(NULL, count + 256);
    int start = sprintf(
        body, "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"",
        model);
    if ((size_t)start + sizeof end > count)
        bench_fail("a body has at least %zu bytes", start + sizeof end);
    memset(body + start, 'a', count - (size_t)start);
    for (size_t i = (size_t)start + 6; i < count - sizeof end; i += 7) body[i] = ' ';
    memcpy(body + count - (sizeof end - 1), end, sizeof end - 1);
    return body;
}

static void write_head(const plan_t *plan, client_t *client, uint64_t index) {
    int count = snprintf(client->head, sizeof client->head,
                         "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                         "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                         "Accept: text/event-stream\r\nUser-Agent: bench/1.0\r\n"
                         "x-bench: %s phase=%" PRIu64 "\r\nContent-Length: %" PRIu64 "\r\n\r\n",
                         plan->port, plan->token, plan->settings, index * plan->spread_us,
                         plan->body_bytes);
    if (count < 0 || (size_t)count >= sizeof client->head) bench_fail("the head is too long");
    client->head_count = (size_t)count;
}

static void watch(load_t *load, int operation, client_t *client, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = client};
    if (epoll_ctl(load->epoll, operation, client->fd, &event) != 0) bench_fail("epoll_ctl: %m");
}

static void wait_for_room(load_t *load, client_t *client, int waits) {
    if (client->waits_for_room == waits) return;
    client->waits_for_room = waits;
    watch(load, EPOLL_CTL_MOD, client, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* Sends what is left of a request, as much as the socket takes. */
static void send_request(load_t *load, client_t *client) {
    size_t total = client->head_count + load->plan.body_bytes;
    while (client->sent < total) {
        size_t head_left = client->sent < client->head_count ? client->head_count - client->sent
                                                             : 0;
        size_t body_at = client->sent + head_left - client->head_count;
        struct iovec parts[2] = {{client->head + client->sent, head_left},
                                 {load->body + body_at, load->plan.body_bytes - body_at}};
        if (head_left == 0) parts[0].iov_base = client->head;
        ssize_t count = writev(client->fd, parts, 2);
        if (count < 0 && errno == EAGAIN) return wait_for_room(load, client, 1);
        if (count < 0) bench_fail("write: %m");
        client->sent += (size_t)count;
    }
    wait_for_room(load, client, 0);
}

static void ask(load_t *load, client_t *client) {
    if (load->plan.requests > 0 && load->asked == load->plan.requests) return;
    load->asked++;
    client->sent = 0;
    client->asked_ns = bench_now_ns();
    send_request(load, client);
}

/* ---- answers ------------------------------------------------------------------------------------ */

static void mark_lively(load_t *load, client_t *client) {
    if (client->lively) return;
    client->lively = 1;
    if (++load->lively == load->plan.connections)
        load->settled_ns = load->now_ns + load->plan.settle_ns;
}

static void on_event(void *ctx, uint64_t sent_ns) {
    place_t *place = ctx;
    mark_lively(place->load, place->client);
    if (!place->load->measuring) return;
    place->load->events++;
    bench_samples_add(&place->load->event_times, place->load->now_ns - sent_ns);
}

static void on_complete(void *ctx) {
    place_t *place = ctx;
    load_t *load = place->load;
    mark_lively(load, place->client);
    load->completed++;
    if (load->measuring) load->responses++;
    if (load->plan.requests > 0 && load->completed == load->plan.requests)
        load->over = 1;
    else
        ask(load, place->client);
}

static void note_first_byte(load_t *load, client_t *client) {
    if (!client->answered) {
        client->answered = 1;
        load->answered++;
    }
    if (client->asked_ns == 0) return;
    if (load->measuring) bench_samples_add(&load->first_times, load->now_ns - client->asked_ns);
    client->asked_ns = 0;
}

static void read_answer(load_t *load, client_t *client) {
    ssize_t count = read(client->fd, load->input, sizeof load->input);
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) bench_fail("read: %m");
    if (count == 0) bench_fail("the server closed a connection under way");
    load->now_ns = bench_now_ns();
    if (load->measuring) load->bytes += (uint64_t)count;
    note_first_byte(load, client);
    place_t place = {load, client};
    bench_reader_events_t events = {on_event, on_complete, &place};
    bench_reader_take(&client->reader, &events, load->input, (size_t)count);
}

/* ---- the run ------------------------------------------------------------------------------------ */

static void open_next(load_t *load) {
    client_t *client = &load->clients[load->opened];
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(load->plan.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0) bench_fail("socket: %m");
    bench_prepare(client->fd);
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0 &&
        errno != EINPROGRESS)
        bench_fail("connect: %m");
    write_head(&load->plan, client, load->opened++);
    client->waits_for_room = 1;
    watch(load, EPOLL_CTL_ADD, client, EPOLLOUT);
}

static void serve(load_t *load, client_t *client, uint32_t events) {
    if (!client->connected && events & (EPOLLOUT | EPOLLERR)) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) bench_fail("connect: %s", strerror(error));
        client->connected = 1;
        ask(load, client);
        return;
    }
    if (events & EPOLLOUT) send_request(load, client);
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) read_answer(load, client);
}

/* Begins and ends the window in which things count. */
static void mind_window(load_t *load) {
    uint64_t now = bench_now_ns();
    int ready = load->plan.requests > 0 || (load->settled_ns > 0 && now >= load->settled_ns);
    if (!load->measuring && ready) {
        load->measuring = 1;
        load->cpu_ns = load->plan.pid > 0 ? bench_cpu_ns(load->plan.pid) : 0;
        load->started_ns = now;
    } else if (load->measuring && load->plan.requests == 0) {
        load->over = now - load->started_ns >= load->plan.window_ns;
    }
}

static void report(load_t *load) {
    pid_t pid = load->plan.pid;
    uint64_t cpu_ns = pid > 0 ? bench_cpu_ns(pid) - load->cpu_ns : 0;
    uint64_t resident_kib = pid > 0 ? bench_resident_kib(pid) : 0;
    printf("wall_ns=%" PRIu64 " cpu_ns=%" PRIu64 " resident_kib=%" PRIu64 " events=%" PRIu64
           " responses=%" PRIu64 " bytes=%" PRIu64,
           bench_now_ns() - load->started_ns, cpu_ns, resident_kib, load->events, load->responses,
           load->bytes);
    printf(" event_p50_ns=%u event_p99_ns=%u first_p50_ns=%u first_p99_ns=%u\n",
           bench_samples_quantile(&load->event_times, 500),
           bench_samples_quantile(&load->event_times, 990),
           bench_samples_quantile(&load->first_times, 500),
           bench_samples_quantile(&load->first_times, 990));
}

static const char *argument(char **arguments, const char *name, const char *otherwise) {
    size_t count = strlen(name);
    for (; *arguments; arguments++)
        if (strncmp(*arguments, name, count) == 0) return *arguments + count;
    return otherwise;
}

static uint64_t number(char **arguments, const char *name, const char *otherwise) {
    return strtoull(argument(arguments, name, otherwise), NULL, 10);
}

static plan_t read_plan(char **arguments) {
    return (plan_t){.port = (uint16_t)number(arguments, "port=", "0"),
                    .model = argument(arguments, "model=", "bench-model"),
                    .token = argument(arguments, "token=", "none"),
                    .settings = argument(arguments, "settings=", "reply=1024"),
                    .connections = number(arguments, "connections=", "1"),
                    .body_bytes = number(arguments, "body=", "256"),
                    .spread_us = number(arguments, "spread=", "0"),
                    .window_ns = number(arguments, "window=", "1000") * 1000000,
                    .settle_ns = number(arguments, "settle=", "200") * 1000000,
                    .requests = number(arguments, "requests=", "0"),
                    .pid = (pid_t)number(arguments, "pid=", "0")};
}

int main(int argc, char **argv) {
    static load_t load;
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    load.plan = read_plan(argv + (argc > 0));
    load.body = request_body(load.plan.model, load.plan.body_bytes);
    load.clients = bench_zeroed(load.plan.connections, sizeof *load.clients);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    while (!load.over) {
        struct epoll_event events[256];
        while (load.opened < load.plan.connections && load.opened - load.answered < OPENING_AT_MOST)
            open_next(&load);
        mind_window(&load);
        int count = epoll_wait(load.epoll, events, 256, 10);
        if (count < 0 && errno != EINTR) bench_fail("epoll_wait: %m");
        for (int i = 0; i < count && !load.over; i++)
            serve(&load, events[i].data.ptr, events[i].events);
    }
    report(&load);
    return 0;
}
