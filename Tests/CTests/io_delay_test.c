/* No 40 ms stalls: Nagle's algorithm, which waits for the acknowledgement that a delaying peer holds
 * back, is off on both sides of the gateway (libuv leaves it on). */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "io_exchange.h"

static bool sends_at_once(const ar_conn_t *conn) {
    int on = 0;
    socklen_t size = sizeof on;
    return getsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &on, &size) == 0 && on != 0;
}

static void accepted(ar_loop_t *loop) {
    check_that("a client's connection sends small writes at once");
    ar_limits_t limits = limits_default();
    served_t served = {0};
    service_t service;
    service_open(&service, loop, &limits, &served, 1);
    int client = peer_dial(service.port);
    for (int i = 0; i < 1000 && service.accepted == 0; i++) turn(loop);
    CHECK(service.accepted == 1 && sends_at_once(served.conn));
    ar_conn_close(served.conn);
    ar_listener_close(service.listener);
    settle(loop);
    CHECK(service.closed);
    served_free(&served);
    close(client);
}

static void dialled(ar_loop_t *loop) {
    check_that("a provider's connection sends small writes at once");
    uint16_t port;
    int listening = peer_listen(&port);
    ar_origin_options_t options = options_default(port);
    ar_origin_t *origin = ar_origin_create(loop, &options, &exchange_events);
    exchange_t exchange = {0};
    exchange.source = ar_origin_connect(origin, 1, &exchange);
    for (int i = 0; i < 1000 && exchange.ready == 0; i++) turn(loop);
    CHECK(exchange.ready == 1 && sends_at_once(exchange.source));
    ar_conn_close(exchange.source);
    settle(loop);
    CHECK(exchange.closes == 1);
    ar_origin_free(origin);
    close(listening);
}

int main(void) {
    ar_loop_t *loop = loop_open();
    accepted(loop);
    dialled(loop);
    ar_loop_free(loop);
    return check_end();
}
