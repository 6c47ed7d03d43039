/* bench-source [CERTIFICATE]: the provider that the benchmark's proxies are in front of. Listens on a
 * free port of 127.0.0.1, behind TLS with the certificate and key in the PEM file CERTIFICATE, tells
 * the port on stdout, and serves until it is killed. What it answers a request with stands in the
 * first message of a request for chat completions (BENCH_SETTINGS); there is nothing else here:
 *
 *   reply=BYTES                        a JSON answer with a body of so many bytes
 *   events=COUNT bytes=BYTES group=N interval=MICROSECONDS phase=MICROSECONDS
 *                                      a stream: N events in one write at each whole multiple of the
 *                                      interval of the machine's clock plus the phase; at once when
 *                                      the interval is 0
 */
#include "channel.h"
#include "common.h"
#include "payload.h"
#include "schedule.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEAD_CAPACITY = 8 << 10, OUTPUT_CAPACITY = 1 << 20, READ_CAPACITY = 64 << 10 };

typedef struct {
    bench_due_t due; /* first: the schedule's entry is the connection */
    bench_channel_t channel;
    char *head; /* of the request under way, until it is whole; then the beginning of its body */
    size_t head_count;
    int body_follows;
    uint64_t body_left;
    int is_chunked;      /* the request's body: it ends with its last chunk */
    uint64_t last_bytes; /* of it, the latest lowest */
    int is_chat;         /* the request is for chat completions */
    char settings[160];
    uint64_t events_left, interval_ns;
    size_t event_bytes, group;
    uint32_t number;
    char *waiting; /* what the socket did not take */
    size_t waiting_at, waiting_count;
} connection_t;

typedef struct {
    int epoll, listener;
    SSL_CTX *tls;
    bench_schedule_t schedule;
    char input[READ_CAPACITY];
    char output[OUTPUT_CAPACITY];
} source_t;

static void watch(source_t *source, int operation, int fd, uint32_t events, void *owner) {
    struct epoll_event event = {.events = events, .data.ptr = owner};
    if (epoll_ctl(source->epoll, operation, fd, &event) != 0) bench_fail("epoll_ctl: %m");
}

static void drop(source_t *source, connection_t *connection) {
    bench_schedule_remove(&source->schedule, &connection->due);
    bench_channel_close(&connection->channel);
    free(connection->head);
    free(connection->waiting);
    free(connection);
}

/* ---- writing ------------------------------------------------------------------------------------ */

/* Sends, or keeps what the socket does not take. 0, or -1 when the connection is broken. */
static int send_bytes(source_t *source, connection_t *connection, const char *bytes, size_t count) {
    ssize_t sent = bench_channel_write(&connection->channel, bytes, count);
    if (sent == -2) return -1;
    size_t done = sent > 0 ? (size_t)sent : 0;
    if (done == count) return 0;
    connection->waiting = bench_grown(connection->waiting, count - done);
    memcpy(connection->waiting, bytes + done, count - done);
    connection->waiting_at = 0;
    connection->waiting_count = count - done;
    watch(source, EPOLL_CTL_MOD, connection->channel.fd, EPOLLIN | EPOLLOUT, connection);
    return 0;
}

static int send_waiting(source_t *source, connection_t *connection) {
    const char *bytes = connection->waiting + connection->waiting_at;
    ssize_t sent = bench_channel_write(&connection->channel, bytes, connection->waiting_count);
    if (sent == -2) return -1;
    if (sent <= 0) return 0;
    connection->waiting_at += (size_t)sent;
    connection->waiting_count -= (size_t)sent;
    if (connection->waiting_count == 0)
        watch(source, EPOLL_CTL_MOD, connection->channel.fd, EPOLLIN, connection);
    return 0;
}

/* Sends the events that are due, and after the last one the stream's end. */
static int send_events(source_t *source, connection_t *connection) {
    // A reader that lags misses events and sees it by their numbers.
    size_t count = connection->group;
    if (count > connection->events_left) count = connection->events_left;
    char *at = source->output;
    uint64_t now = bench_now_ns();
    for (size_t i = 0; i < count; i++)
        at += bench_event(at, connection->event_bytes, now, connection->number++);
    connection->events_left -= count;
    if (connection->events_left == 0) {
        at += bench_stream_end(at);
        bench_schedule_remove(&source->schedule, &connection->due);
    } else {
        uint64_t next = connection->due.due_ns + connection->interval_ns;
        bench_schedule_delay(&source->schedule, &connection->due, next);
    }
    if (connection->waiting_count > 0) return 0;
    return send_bytes(source, connection, source->output, (size_t)(at - source->output));
}

/* ---- a request ---------------------------------------------------------------------------------- */

static int start_stream(source_t *source, connection_t *connection) {
    const char *settings = connection->settings;
    connection->events_left = bench_setting(settings, "events=", 1);
    connection->event_bytes = bench_setting(settings, "bytes=", 240);
    connection->group = bench_setting(settings, "group=", 1);
    connection->interval_ns = bench_setting(settings, "interval=", 0) * 1000;
    connection->number = 0;
    uint64_t phase = bench_setting(settings, "phase=", 0) * 1000;
    if (connection->event_bytes < bench_event_least() || connection->group == 0 ||
        (connection->interval_ns == 0 && connection->group < connection->events_left) ||
        connection->group * (connection->event_bytes + 12) + 1024 > OUTPUT_CAPACITY)
        bench_fail("these settings cannot be: %s", settings);
    uint64_t due = bench_now_ns();
    if (connection->interval_ns > 0)
        due = (due / connection->interval_ns + 1) * connection->interval_ns + phase;
    bench_schedule_add(&source->schedule, &connection->due, due);
    size_t count = bench_stream_begin(source->output);
    return send_bytes(source, connection, source->output, count);
}

static void read_settings(connection_t *connection) {
    const char *found = strstr(connection->head, BENCH_SETTINGS);
    if (!found) bench_fail("a request without its settings:\n%s", connection->head);
    found += strlen(BENCH_SETTINGS);
    size_t count = strcspn(found, ";");
    if (found[count] == 0 || count >= sizeof connection->settings)
        bench_fail("the settings have no end: %s", found);
    memcpy(connection->settings, found, count);
    connection->settings[count] = 0;
}

static int answer(source_t *source, connection_t *connection) {
    if (connection->is_chat) read_settings(connection);
    free(connection->head);
    connection->head = NULL;
    connection->head_count = 0;
    connection->body_follows = 0;
    if (!connection->is_chat)
        return send_bytes(source, connection, bench_not_found, strlen(bench_not_found));
    uint64_t size = bench_setting(connection->settings, "reply=", 0);
    if (size == 0) return start_stream(source, connection);
    if (size + 256 > OUTPUT_CAPACITY)
        bench_fail("an answer of %llu bytes", (unsigned long long)size);
    size_t count = bench_answer(source->output, size);
    return send_bytes(source, connection, source->output, count);
}

/* Keeps as much as there is room for. Answers the bytes kept. */
static size_t keep(connection_t *connection, const char *bytes, size_t count) {
    size_t room = HEAD_CAPACITY - 1 - connection->head_count;
    if (count > room) count = room;
    if (!connection->head) connection->head = bench_grown(NULL, HEAD_CAPACITY);
    memcpy(connection->head + connection->head_count, bytes, count);
    connection->head_count += count;
    connection->head[connection->head_count] = 0;
    return count;
}

/* Takes in what belongs to the head of a request. Answers how many bytes of `bytes` that were. */
static size_t take_head(connection_t *connection, const char *bytes, size_t count) {
    static const char chat[] = "POST /v1/chat/completions ";
    size_t before = connection->head_count;
    size_t kept = keep(connection, bytes, count);
    char *end = strstr(connection->head, "\r\n\r\n");
    if (!end) {
        if (connection->head_count == HEAD_CAPACITY - 1) bench_fail("a head is too long");
        return kept;
    }
    connection->head_count = 0;
    connection->body_follows = strncmp(connection->head, "GET ", 4) != 0;
    connection->is_chat = strncmp(connection->head, chat, strlen(chat)) == 0;
    if (connection->body_follows) {
        const char *length = strcasestr(connection->head, "\r\ncontent-length:");
        connection->is_chunked = !length || length > end;
        connection->last_bytes = 0;
        connection->body_left = connection->is_chunked
                                    ? UINT64_MAX
                                    : strtoull(length + strlen("\r\ncontent-length:"), NULL, 10);
    }
    return (size_t)(end - connection->head) + 4 - before;
}

/* How many of `bytes` belong to a chunked body. JSON has no line ends of this kind: the first empty line
 * behind a 0 is the body's end. */
static size_t chunked_part(connection_t *connection, const char *bytes, size_t count) {
    static const uint64_t end = 0x300d0a0d0a, mask = 0xffffffffff;
    for (size_t i = 0; i < count; i++) {
        connection->last_bytes = (connection->last_bytes << 8 | (uint8_t)bytes[i]) & mask;
        if (connection->last_bytes != end) continue;
        connection->body_left = 0;
        return i + 1;
    }
    return count;
}

static int take_bytes(source_t *source, connection_t *connection, const char *bytes, size_t count) {
    while (count > 0) {
        if (!connection->body_follows) {
            size_t taken = take_head(connection, bytes, count);
            bytes += taken;
            count -= taken;
            if (connection->head_count > 0) continue; /* there is more of it to come */
            if (!connection->body_follows) {
                // Some gateways look for the provider's health and models.
                if (send_bytes(source, connection, bench_models, strlen(bench_models)) != 0)
                    return -1;
                continue;
            }
        }
        size_t body = count < connection->body_left ? count : connection->body_left;
        if (connection->is_chunked) body = chunked_part(connection, bytes, count);
        keep(connection, bytes, body);
        bytes += body;
        count -= body;
        if (!connection->is_chunked) connection->body_left -= body;
        if (connection->body_left == 0 && answer(source, connection) != 0) return -1;
    }
    return 0;
}

/* ---- events ------------------------------------------------------------------------------------- */

static int serve(source_t *source, connection_t *connection, uint32_t events) {
    if (events & EPOLLOUT && connection->waiting_count > 0 && send_waiting(source, connection) != 0)
        return -1;
    for (;;) {
        ssize_t count = bench_channel_read(&connection->channel, source->input,
                                           sizeof source->input);
        if (count == -1) return 0;
        if (count <= 0) return -1;
        if (take_bytes(source, connection, source->input, (size_t)count) != 0) return -1;
        if ((size_t)count < sizeof source->input && !connection->channel.ssl) return 0;
    }
}

static void accept_all(source_t *source) {
    for (;;) {
        int fd = accept4(source->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && errno == ECONNABORTED) continue;
        if (fd < 0 && errno == EAGAIN) return;
        if (fd < 0) bench_fail("accept: %m");
        bench_prepare(fd);
        connection_t *connection = bench_zeroed(1, sizeof *connection);
        connection->due.place = BENCH_NOT_DUE;
        connection->channel = bench_channel_open(fd, source->tls);
        watch(source, EPOLL_CTL_ADD, fd, EPOLLIN, connection);
    }
}

static void send_due(source_t *source) {
    uint64_t now = bench_now_ns();
    for (;;) {
        bench_due_t *first = bench_schedule_first(&source->schedule);
        if (!first || first->due_ns > now) return;
        connection_t *connection = (connection_t *)first;
        if (send_events(source, connection) != 0) drop(source, connection);
    }
}

static int wait_events(source_t *source, struct epoll_event *events, int capacity) {
    bench_due_t *first = bench_schedule_first(&source->schedule);
    if (!first) return epoll_wait(source->epoll, events, capacity, -1);
    uint64_t now = bench_now_ns();
    uint64_t left = first->due_ns > now ? first->due_ns - now : 0;
    struct timespec timeout = {(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
    return epoll_pwait2(source->epoll, events, capacity, &timeout, NULL);
}

static int listen_anywhere(uint16_t *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 4096) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        bench_fail("listen: %m");
    bench_prepare(fd);
    *port = ntohs(address.sin_port);
    return fd;
}

int main(int argc, char **argv) {
    static source_t source;
    uint16_t port;
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    // The kernel's 50 µs of timer slack would blur a stream's pace.
    prctl(PR_SET_TIMERSLACK, 1);
    if (argc > 1) source.tls = bench_channel_context(argv[1]);
    source.epoll = epoll_create1(EPOLL_CLOEXEC);
    source.listener = listen_anywhere(&port);
    watch(&source, EPOLL_CTL_ADD, source.listener, EPOLLIN, NULL);
    printf("%u\n", port);
    fflush(stdout);
    for (;;) {
        struct epoll_event events[256];
        int count = wait_events(&source, events, 256);
        if (count < 0 && errno != EINTR) bench_fail("epoll: %m");
        for (int i = 0; i < count; i++) {
            connection_t *connection = events[i].data.ptr;
            if (!connection)
                accept_all(&source);
            else if (serve(&source, connection, events[i].events) != 0)
                drop(&source, connection);
        }
        send_due(&source);
    }
}
