/* bench-load NAME=VALUE...: the client that the benchmark's proxies serve. Keeps a number of
 * connections to 127.0.0.1 busy with requests, one after the other on each, checks every answer, and
 * prints what it saw in a window of time as one line of NAME=VALUE.
 *
 *   port=N             where to connect                     model=NAME   what to ask for
 *   connections=N      how many                             token=TEXT   what to show
 *   body=BYTES         size of a request's body             settings=TEXT   for the source (source.c)
 *   wire=chat|messages    whose requests they are: OpenAI's chat completions, Anthropic's messages
 *   turns=0|1          whether a body is one long message, or many with escapes in them
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

/* What a request is made of. */
typedef struct wire {
    const char *path, *fields;
    const char *begin; /* of the body, with places for the model, the settings and the phase */
    const char *turns; /* from the user's words to the model's, and */
    const char *back;  /* from those to the user's */
    const char *end;
} wire_t;

typedef struct {
    uint16_t port;
    const char *model, *token, *settings;
    const wire_t *wire;
    int has_turns;
    uint64_t connections, body_bytes, spread_us, window_ns, settle_ns, requests;
    pid_t pid;
} plan_t;

typedef struct {
    int fd;
    int connected, answered, lively; /* it stands, has had a byte, has had an event or an answer */
    int waits_for_room;              /* the socket did not take the whole request */
    char head[1024];                 /* and the beginning of the body */
    size_t head_count, sent;
    uint64_t asked_ns;   /* 0 once the first byte of the answer has come */
    uint64_t awaited_ns; /* 0 once its first event has come */
    bench_reader_t reader;
} client_t;

typedef struct {
    plan_t plan;
    int epoll, measuring, over;
    client_t *clients;
    uint64_t opened, answered, lively, asked, completed;
    char *rest; /* what all bodies end with */
    size_t rest_count;
    uint64_t now_ns; /* when the bytes under way were read */
    uint64_t settled_ns, started_ns, cpu_ns, main_ns;
    uint64_t events, responses, bytes;
    bench_samples_t event_times, first_times, token_times;
    char input[READ_CAPACITY];
} load_t;

typedef struct {
    load_t *load;
    client_t *client;
} place_t;

/* ---- requests ----------------------------------------------------------------------------------- */

static const wire_t wires[] = {
    {.path = "/v1/chat/completions",
     .fields = "",
     .begin = "{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":"
              "\"" BENCH_SETTINGS "%s phase=%010" PRIu64 ";",
     .turns = "\"},{\"role\":\"assistant\",\"content\":\"",
     .back = "\"},{\"role\":\"user\",\"content\":\"",
     .end = "\"}]}"},
    {.path = "/v1/messages",
     .fields = "anthropic-version: 2023-06-01\r\n",
     .begin =
         "{\"model\":\"%s\",\"max_tokens\":1024,\"stream\":true,\"messages\":[{\"role\":\"user\","
         "\"content\":[{\"type\":\"text\",\"text\":\"" BENCH_SETTINGS "%s phase=%010" PRIu64 ";",
     .turns = "\"}]},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"",
     .back = "\"}]},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"",
     .end = "\"}]}]}"}};

/* Turns of about 1 KiB between the two, up to where one more pair would be too much. */
static char *put_turns(const wire_t *wire, char *at, const char *stop) {
    static const char words[] = "The relay keeps every byte as it came,\\n and says \\\"so\\\". ";
    size_t turn = 1024, pair = 2 * (turn + sizeof words) + strlen(wire->turns) + strlen(wire->back);
    while ((size_t)(stop - at) > pair) {
        for (int i = 0; i < 2; i++) {
            for (const char *from = at; (size_t)(at - from) < turn;) at = stpcpy(at, words);
            at = stpcpy(at, i == 0 ? wire->turns : wire->back);
        }
    }
    while ((size_t)(stop - at) >= sizeof words) at = stpcpy(at, words);
    return at;
}

/* What follows the beginning of a body, `count` bytes. */
static char *rest_of_body(const plan_t *plan, size_t count) {
    size_t end = strlen(plan->wire->end);
    char *body = bench_grown(NULL, count + 1), *at = body, *stop = body + count - end;
    if (plan->has_turns) at = put_turns(plan->wire, at, stop);
    memset(at, 'a', (size_t)(stop - at));
    for (at += 6; at < stop; at += 7) *at = ' ';
    memcpy(stop, plan->wire->end, end);
    return body;
}

/* The head, and the part of the body that is the connection's own. */
static void write_head(load_t *load, client_t *client, uint64_t index) {
    const plan_t *plan = &load->plan;
    const wire_t *wire = plan->wire;
    char begin[512];
    int own = snprintf(begin, sizeof begin, wire->begin, plan->model, plan->settings,
                       index * plan->spread_us);
    if (own < 0 || (size_t)own >= sizeof begin) bench_fail("the settings are too long");
    if ((size_t)own + strlen(wire->end) > plan->body_bytes)
        bench_fail("a body has at least %zu bytes", (size_t)own + strlen(wire->end));
    int count = snprintf(client->head, sizeof client->head,
                         "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                         "Authorization: Bearer %s\r\n%sContent-Type: application/json\r\n"
                         "Accept: text/event-stream\r\nUser-Agent: bench/1.0\r\n"
                         "Content-Length: %" PRIu64 "\r\n\r\n%s",
                         wire->path, plan->port, plan->token, wire->fields, plan->body_bytes,
                         begin);
    if (count < 0 || (size_t)count >= sizeof client->head) bench_fail("the head is too long");
    client->head_count = (size_t)count;
    load->rest_count = plan->body_bytes - (size_t)own;
    if (!load->rest) load->rest = rest_of_body(plan, load->rest_count);
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
    size_t total = client->head_count + load->rest_count;
    while (client->sent < total) {
        size_t head_left = client->sent < client->head_count ? client->head_count - client->sent
                                                             : 0;
        size_t rest_at = client->sent + head_left - client->head_count;
        struct iovec parts[2] = {{client->head + client->sent, head_left},
                                 {load->rest + rest_at, load->rest_count - rest_at}};
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
    client->asked_ns = client->awaited_ns = bench_now_ns();
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
    load_t *load = place->load;
    client_t *client = place->client;
    mark_lively(load, client);
    uint64_t awaited_ns = client->awaited_ns;
    client->awaited_ns = 0;
    if (!load->measuring) return;
    load->events++;
    bench_samples_add(&load->event_times, load->now_ns - sent_ns);
    if (awaited_ns > 0) bench_samples_add(&load->token_times, load->now_ns - awaited_ns);
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
    write_head(load, client, load->opened++);
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
        load->main_ns = load->plan.pid > 0 ? bench_main_thread_ns(load->plan.pid) : 0;
        load->started_ns = now;
    } else if (load->measuring && load->plan.requests == 0) {
        load->over = now - load->started_ns >= load->plan.window_ns;
    }
}

static void report_times(const char *name, bench_samples_t *samples) {
    printf(" %s_p50_ns=%u %s_p99_ns=%u %s_max_ns=%u", name, bench_samples_quantile(samples, 500),
           name, bench_samples_quantile(samples, 990), name, bench_samples_quantile(samples, 1000));
}

static void report(load_t *load) {
    pid_t pid = load->plan.pid;
    uint64_t cpu_ns = pid > 0 ? bench_cpu_ns(pid) - load->cpu_ns : 0;
    uint64_t resident_kib = pid > 0 ? bench_resident_kib(pid) : 0;
    uint64_t main_ns = pid > 0 ? bench_main_thread_ns(pid) - load->main_ns : 0;
    printf("wall_ns=%" PRIu64 " cpu_ns=%" PRIu64 " main_ns=%" PRIu64 " resident_kib=%" PRIu64
           " events=%" PRIu64 " responses=%" PRIu64 " bytes=%" PRIu64,
           bench_now_ns() - load->started_ns, cpu_ns, main_ns, resident_kib, load->events,
           load->responses, load->bytes);
    report_times("event", &load->event_times);
    report_times("first", &load->first_times);
    report_times("token", &load->token_times);
    putchar('\n');
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
    int is_messages = strcmp(argument(arguments, "wire=", "chat"), "messages") == 0;
    return (plan_t){.wire = &wires[is_messages],
                    .has_turns = number(arguments, "turns=", "0") == 1,
                    .port = (uint16_t)number(arguments, "port=", "0"),
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
