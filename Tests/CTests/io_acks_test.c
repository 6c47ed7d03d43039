/* Acknowledgements: few for a stream of small pieces, and no provider is kept waiting for them twice. */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "io_exchange.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

typedef struct {
    ar_loop_t *loop;
    ar_origin_t *origin;
    int listening;
} place_t;

typedef struct {
    exchange_t exchange;
    int upstream;
} stream_t;

static void place_open(place_t *place, ar_loop_t *loop) {
    uint16_t port;
    place->loop = loop;
    place->listening = peer_listen(&port);
    ar_origin_options_t options = options_default(port);
    place->origin = ar_origin_create(loop, &options, &exchange_events);
}

static void place_close(place_t *place) {
    ar_origin_free(place->origin);
    close(place->listening);
}

/* A response that has begun; the provider sends at once, or as its kernel likes. */
static void stream_open(stream_t *stream, place_t *place, bool at_once) {
    *stream = (stream_t){.upstream = -1};
    exchange_t *exchange = &stream->exchange;
    exchange->source = ar_origin_connect(place->origin, 1, exchange);
    CHECK(TURN_UNTIL(place->loop, exchange->ready == 1));
    CHECK(TURN_UNTIL(place->loop, (stream->upstream = peer_accept(place->listening)) >= 0));
    int on = at_once;
    setsockopt(stream->upstream, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ar_conn_expect_response(exchange->source, 0);
    peer_say(stream->upstream, HEAD);
    CHECK(TURN_UNTIL(place->loop, exchange->heads == 1));
}

static void stream_close(stream_t *stream, place_t *place) {
    ar_conn_close(stream->exchange.source);
    settle(place->loop);
    CHECK(stream->exchange.closes == 1);
    buffer_free(&stream->exchange.body);
    close(stream->upstream);
}

/* Has the provider send `count` pieces, each when the one before has come. */
static void send_pieces(stream_t *stream, place_t *place, int count) {
    for (int i = 0; i < count; i++) {
        size_t before = stream->exchange.body.count;
        peer_say(stream->upstream, "data: {}\n\n");
        CHECK(TURN_UNTIL(place->loop, stream->exchange.body.count > before));
    }
}

static bool waits(const stream_t *stream) {
    int at_once = 1;
    socklen_t size = sizeof at_once;
    int fd = stream->exchange.source->fd;
    return getsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &at_once, &size) == 0 && at_once == 0;
}

/* Whether the kernel waits at the end of a fast stream. */
static bool is_fast(ar_loop_t *loop) {
    place_t place;
    stream_t stream;
    place_open(&place, loop);
    stream_open(&stream, &place, true);
    send_pieces(&stream, &place, AR_ACK_READS * 4);
    bool fast = waits(&stream) && place.origin->ack_trust > 0;
    stream_close(&stream, &place);
    place_close(&place);
    return fast;
}

/* A machine that stops for 40 ms is no fault of ours, unless it does each time. */
#define ONE_OF_FIVE(condition) \
    CHECK((condition) || (condition) || (condition) || (condition) || (condition))

static void fast(ar_loop_t *loop) {
    check_that("the pieces of a fast stream are acknowledged two at a time");
    ONE_OF_FIVE(is_fast(loop));
}

static void slow(ar_loop_t *loop) {
    check_that("a slow stream's are acknowledged at once, and the provider is not blamed");
    place_t place;
    stream_t stream;
    place_open(&place, loop);
    stream_open(&stream, &place, true);
    for (int i = 0; i < 2; i++) {
        send_pieces(&stream, &place, AR_ACK_READS - 1 - stream.exchange.source->ack_reads);
        stream.exchange.source->ack_mark -= AR_ACK_READS * 40; /* so long ago the last look was */
        send_pieces(&stream, &place, 1);
        CHECK(!stream.exchange.source->acks_wait);
    }
    CHECK(place.origin->ack_trust == 0);
    stream_close(&stream, &place);
    place_close(&place);
}

/* Whether a provider whose kernel holds a piece until the one before is acknowledged was found out by
 * its first stream, and left in peace in the next two. */
static bool is_found_out(ar_loop_t *loop) {
    place_t place;
    stream_t stream;
    place_open(&place, loop);
    int32_t trust[3];
    bool at_once = true;
    for (int i = 0; i < 3; i++) {
        stream_open(&stream, &place, false);
        send_pieces(&stream, &place, AR_ACK_READS * 4);
        trust[i] = place.origin->ack_trust;
        at_once &= !waits(&stream);
        stream_close(&stream, &place);
    }
    place_close(&place);
    return at_once && trust[0] < 0 && trust[1] == trust[0] && trust[2] == trust[0];
}

static void holding(ar_loop_t *loop) {
    check_that("a provider with Nagle's algorithm is held up once, and never again");
    ONE_OF_FIVE(is_found_out(loop));
}

/* Whether an origin without trust has it again ten minutes after it lost it, and not before. */
static bool is_tried_again(ar_loop_t *loop) {
    place_t place;
    stream_t stream;
    place_open(&place, loop);
    stream_open(&stream, &place, true);
    place.origin->ack_trust = -4;
    place.origin->ack_blamed = uv_now(&loop->uv) - 590000;
    send_pieces(&stream, &place, AR_ACK_READS * 2);
    bool left_alone = !waits(&stream) && place.origin->ack_trust < 0;
    place.origin->ack_blamed -= 20000;
    send_pieces(&stream, &place, AR_ACK_READS * 2);
    bool tried = waits(&stream) && place.origin->ack_trust >= 0;
    stream_close(&stream, &place);
    place_close(&place);
    return left_alone && tried;
}

static void forgiving(ar_loop_t *loop) {
    check_that("a provider that was found out is tried again after ten minutes");
    ONE_OF_FIVE(is_tried_again(loop));
}

int main(void) {
    ar_loop_t *loop = loop_open();
    fast(loop);
    slow(loop);
    holding(loop);
    forgiving(loop);
    ar_loop_free(loop);
    return check_end();
}
