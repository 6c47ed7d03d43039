/* A listener on a socket that somebody else has opened, as a service manager does. */
#include "io_served.h"

static const ar_listener_events_t events = {service_accept, service_closed};

/* A TCP socket on a free port of this machine, which listens or does not. */
static int open_socket(bool listens) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    if (listens) CHECK(listen(fd, 16) == 0);
    return fd;
}

static uint16_t port_of(int fd) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    CHECK(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    return ntohs(address.sin_port);
}

static ar_listener_t *adopt(ar_loop_t *loop, int fd, service_t *service, int *error) {
    ar_limits_t limits = limits_default();
    return ar_listener_adopt(loop, fd, &limits, &events, &served_events, service, error);
}

static void test_adopted(void) {
    check_that("a client that came before the listener is served on the socket handed over");
    ar_loop_t *loop = loop_open();
    served_t records[2] = {{0}, {0}};
    service_t service = {.records = records, .capacity = 2};
    int fd = open_socket(true), error = 0;
    uint16_t port = port_of(fd);
    int early = peer_dial(port);
    service.listener = adopt(loop, fd, &service, &error);
    if (!CHECK(service.listener != NULL)) abort();
    CHECK(ar_listener_port(service.listener) == port);
    CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(TURN_UNTIL(loop, service.accepted == 1));
    int late = peer_dial(port);
    CHECK(TURN_UNTIL(loop, service.accepted == 2));
    for (int i = 0; i < 2; i++) ar_conn_close(records[i].conn);
    ar_listener_close(service.listener);
    settle(loop);
    CHECK(service.closed && fcntl(fd, F_GETFD) == -1);
    close(early);
    close(late);
    ar_loop_free(loop);
    for (int i = 0; i < 2; i++) served_free(&records[i]);
}

static void test_refused(int fd, int expected) {
    ar_loop_t *loop = loop_open();
    service_t service = {0};
    int error = 0;
    CHECK(adopt(loop, fd, &service, &error) == NULL);
    CHECK(error == expected);
    settle(loop);
    ar_loop_free(loop);
}

static void test_no_listener(void) {
    check_that("what is no listening TCP socket is refused and stays the caller's");
    int idle = open_socket(false), pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    test_refused(idle, UV_EINVAL);
    test_refused(pair[0], UV_EINVAL);
    test_refused(STDIN_FILENO, UV_ENOTSOCK);
    test_refused(1000, UV_EBADF);
    CHECK(fcntl(idle, F_GETFD) != -1 && fcntl(pair[0], F_GETFD) != -1);
    close(idle);
    close(pair[0]);
    close(pair[1]);
}

int main(void) {
    test_adopted();
    test_no_listener();
    return check_end();
}
