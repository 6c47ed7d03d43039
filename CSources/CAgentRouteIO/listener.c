/* Sockets that accept connections. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

struct ar_listener {
    uv_tcp_t tcp;
    ar_loop_t *loop;
    ar_shared_t *shared;
    ar_listener_events_t events;
    void *ctx;
    uint16_t port;
};

static void on_connection(uv_stream_t *server, int status) {
    ar_listener_t *listener = server->data;
    if (status < 0) return;
    ar_conn_t *conn = ar_conn_create(listener->loop, listener->shared, AR_SERVER);
    if (conn == NULL) return;
    conn->state = AR_S_IDLE;
    if (uv_accept(server, (uv_stream_t *)&conn->tcp) != 0) {
        ar_conn_close(conn);
        return;
    }
    uv_tcp_nodelay(&conn->tcp, 1);
    uv_fileno((uv_handle_t *)&conn->tcp, &conn->fd);
    if (!listener->events.on_accept(listener->ctx, conn, &conn->ctx)) {
        conn->ctx = NULL;
        ar_conn_close(conn);
        return;
    }
    if (conn->state == AR_S_IDLE) { /* else it was answered at once */
        ar_conn_set_deadline(conn, conn->shared->limits.idle_ms);
        ar_conn_start_reading(conn);
    }
}

static void on_listener_closed(uv_handle_t *handle) {
    ar_listener_t *listener = handle->data;
    listener->events.on_closed(listener->ctx);
    ar_shared_drop(listener->shared);
    free(listener);
}

static void drop_unopened(uv_handle_t *handle) { free(handle->data); }

static int parse_address(const char *host, uint16_t port, struct sockaddr_storage *address) {
    if (uv_ip4_addr(host, port, (struct sockaddr_in *)address) == 0) return 0;
    return uv_ip6_addr(host, port, (struct sockaddr_in6 *)address);
}

/* Where a listener listens: at an address, or, without a host, on a socket that does so already. */
typedef struct {
    const char *host;
    uint16_t port;
    int fd;
} place_t;

static int bind_address(ar_listener_t *listener, const place_t *place) {
    struct sockaddr_storage address;
    memset(&address, 0, sizeof address);
    int error = parse_address(place->host, place->port, &address);
    return error != 0 ? error : uv_tcp_bind(&listener->tcp, (struct sockaddr *)&address, 0);
}

static int adopt_socket(ar_listener_t *listener, int fd) {
    int is_listening = 0;
    socklen_t size = sizeof is_listening;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) != 0) return -errno;
    struct sockaddr_storage address;
    size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) return -errno;
    bool is_internet = address.ss_family == AF_INET || address.ss_family == AF_INET6;
    if (!is_listening || !is_internet) return UV_EINVAL;
    /* A manager hands it over inheritable; a child that kept it would keep the port. */
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return -errno;
    return uv_tcp_open(&listener->tcp, fd);
}

static int open_listener(ar_listener_t *listener, const place_t *place) {
    int error = place->host != NULL ? bind_address(listener, place)
                                    : adopt_socket(listener, place->fd);
    if (error == 0) error = uv_listen((uv_stream_t *)&listener->tcp, 1024, on_connection);
    struct sockaddr_storage address;
    int size = sizeof address;
    if (error == 0) error = uv_tcp_getsockname(&listener->tcp, (struct sockaddr *)&address, &size);
    if (error == 0) {
        listener->port = ntohs(address.ss_family == AF_INET6
                                   ? ((struct sockaddr_in6 *)&address)->sin6_port
                                   : ((struct sockaddr_in *)&address)->sin_port);
    }
    return error;
}

static ar_listener_t *start_listener(ar_loop_t *loop, const place_t *place,
                                     const ar_limits_t *limits, const ar_listener_events_t *events,
                                     const ar_conn_events_t *conn_events, void *ctx, int *error) {
    ar_listener_t *listener = calloc(1, sizeof *listener);
    ar_shared_t *shared = ar_shared_create(conn_events, limits);
    if (listener == NULL || shared == NULL) {
        free(listener);
        free(shared);
        *error = UV_ENOMEM;
        return NULL;
    }
    listener->loop = loop;
    listener->shared = shared;
    listener->events = *events;
    listener->ctx = ctx;
    uv_tcp_init(&loop->uv, &listener->tcp);
    listener->tcp.data = listener;
    *error = open_listener(listener, place);
    if (*error != 0) {
        ar_shared_drop(shared);
        uv_close((uv_handle_t *)&listener->tcp, drop_unopened);
        return NULL;
    }
    return listener;
}

ar_listener_t *ar_listener_start(ar_loop_t *loop, const char *host, uint16_t port,
                                 const ar_limits_t *limits, const ar_listener_events_t *events,
                                 const ar_conn_events_t *conn_events, void *ctx, int *error) {
    place_t place = {.host = host, .port = port};
    return start_listener(loop, &place, limits, events, conn_events, ctx, error);
}

ar_listener_t *ar_listener_adopt(ar_loop_t *loop, int fd, const ar_limits_t *limits,
                                 const ar_listener_events_t *events,
                                 const ar_conn_events_t *conn_events, void *ctx, int *error) {
    place_t place = {.fd = fd};
    return start_listener(loop, &place, limits, events, conn_events, ctx, error);
}

uint16_t ar_listener_port(const ar_listener_t *listener) { return listener->port; }

void ar_listener_close(ar_listener_t *listener) {
    if (uv_is_closing((uv_handle_t *)&listener->tcp)) return;
    uv_close((uv_handle_t *)&listener->tcp, on_listener_closed);
}
