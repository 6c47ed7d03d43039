/* A response body on its way to the client, from the buffer it was read into.
 *
 * Raw framing is parsed in place and sent as it came: one write for each read. With AR_RELAY_EVENTS
 * nothing of an incomplete event is sent (it is held back, copied), so that an abort can be followed
 * by an event of our own; what the receiver has seen of the open chunk or length is counted, so that
 * the abort's bytes can stand inside it. */
#include "internal.h"

/* Where the last complete event ends in `bytes`, which follow `last` (two bytes); 0 when none does.
 * An event ends at an empty line; lines end in CRLF, LF or CR (WHATWG HTML section 9.2.6). */
static size_t last_event_end(const uint8_t last[2], const uint8_t *bytes, size_t count) {
    if (count >= 2 && bytes[count - 1] == '\n' && bytes[count - 2] == '\n') return count;
    size_t end = count;
    while (end > 0) {
        const uint8_t *feed = memrchr(bytes, '\n', end);
        if (feed == NULL) break;
        size_t at = (size_t)(feed - bytes);
        uint8_t before = at >= 1 ? bytes[at - 1] : last[1];
        uint8_t earlier = at >= 2 ? bytes[at - 2] : last[at];
        if (before == '\n' || (before == '\r' && (earlier == '\n' || earlier == '\r')))
            return at + 1;
        end = at;
    }
    for (end = count; end > 0;) { /* lines that end in a lone CR */
        const uint8_t *lone = memrchr(bytes, '\r', end);
        if (lone == NULL) break;
        end = (size_t)(lone - bytes);
        if ((end >= 1 ? bytes[end - 1] : last[1]) == '\r') return end + 1;
    }
    return 0;
}

static void remember_last(ar_relay_t *relay, const uint8_t *bytes, size_t count) {
    if (count >= 2) {
        relay->last[0] = bytes[count - 2];
        relay->last[1] = bytes[count - 1];
    } else if (count == 1) {
        relay->last[0] = relay->last[1];
        relay->last[1] = bytes[0];
    }
}

/* ---- sending ------------------------------------------------------------------------------------ */

static void pause_if_full(ar_conn_t *source) {
    ar_conn_t *receiver = source->relay->receiver;
    if (receiver != NULL && receiver->pending > receiver->shared->limits.high_water)
        ar_conn_pause(source);
}

void ar_relay_receiver_flushed(ar_conn_t *receiver) {
    if (receiver->source != NULL) ar_conn_resume(receiver->source);
}

static ar_slab_t *slab_of(const ar_conn_t *source) {
    return source->tls != NULL ? source->loop->plain_slab : source->loop->read_slab;
}

/* Sends `bytes`, when nothing goes before or around them. */
static void forward_alone(ar_conn_t *source, const uint8_t *bytes, size_t count) {
    if (source->relay->receiver == NULL) return;
    uv_buf_t whole = uv_buf_init((char *)bytes, (unsigned)count);
    ar_out_send(source->relay->receiver, &whole, 1, slab_of(source), 0);
    pause_if_full(source);
}

/* Sends the head if it is due, what is held, and `bytes`: in one write. */
static void forward(ar_conn_t *source, const uint8_t *bytes, size_t count) {
    ar_relay_t *relay = source->relay;
    ar_loop_t *loop = source->loop;
    if (!relay->head_due && relay->hold_count == 0 && relay->framing != AR_RELAY_CHUNKED) {
        forward_alone(source, bytes, count);
        return;
    }
    if (relay->receiver == NULL) return;
    uv_buf_t bufs[5];
    uint32_t used = 0;
    char size[24];
    if (relay->head_due)
        bufs[used++] = uv_buf_init((char *)loop->head_slab->bytes, loop->head_slab->used);
    bool chunked = relay->framing == AR_RELAY_CHUNKED && relay->hold_count + count > 0;
    if (chunked) {
        int digits = snprintf(size, sizeof size, "%zx\r\n", relay->hold_count + count);
        bufs[used++] = uv_buf_init(size, (unsigned)digits);
    }
    if (relay->hold_count > 0)
        bufs[used++] = uv_buf_init((char *)relay->hold->bytes, (unsigned)relay->hold_count);
    if (count > 0) bufs[used++] = uv_buf_init((char *)bytes, (unsigned)count);
    if (chunked) bufs[used++] = uv_buf_init("\r\n", 2);
    relay->head_due = false;
    relay->hold_count = relay->hold_body = 0;
    if (used == 0) return;
    relay->started = true;
    ar_out_send(relay->receiver, bufs, used, slab_of(source), 0);
    pause_if_full(source);
}

static void hold(ar_conn_t *source, const uint8_t *bytes, size_t count) {
    ar_relay_t *relay = source->relay;
    if (count == 0 || relay->receiver == NULL) return;
    size_t need = relay->hold_count + count;
    if (relay->hold == NULL || need > relay->hold->capacity) {
        ar_slab_t *grown = ar_slab_get(source->loop,
                                       need < AR_SMALL_SLAB_BYTES ? AR_SMALL_SLAB_BYTES : need * 2);
        if (grown == NULL) {
            ar_conn_fail(source, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
            return;
        }
        if (relay->hold_count > 0) memcpy(grown->bytes, relay->hold->bytes, relay->hold_count);
        ar_slab_drop(source->loop, relay->hold);
        relay->hold = grown;
    }
    memcpy(relay->hold->bytes + relay->hold_count, bytes, count);
    if (relay->body_end > bytes)
        relay->hold_body = relay->hold_count + (size_t)(relay->body_end - bytes);
    relay->hold_count = need;
}

/* ---- one read ----------------------------------------------------------------------------------- */

/* Nine events of ten tell the caller nothing: they are told apart here, where they lie. */
static bool may_skip(const ar_relay_t *relay, const uint8_t *bytes, size_t count) {
    bool whole = relay->last[0] == '\n' && relay->last[1] == '\n' && count >= 2 &&
                 bytes[count - 1] == '\n' && bytes[count - 2] == '\n';
    return whole && (relay->flags & AR_RELAY_SKIP_DELTAS) && ar_is_plain_delta(bytes, count);
}

/* Whether the body loses its chunks on the way. */
static bool is_unframed(const ar_conn_t *source) {
    return source->relay->framing == AR_RELAY_PLAIN && source->head->framing == AR_BODY_CHUNKED;
}

/* An event too long to be held back goes on in parts. */
static void forward_overlong(ar_conn_t *source) {
    ar_relay_t *relay = source->relay;
    if (relay->hold_count <= AR_EVENT_HOLD_BYTES) return;
    forward(source, NULL, 0);
    relay->mid_event = true;
    relay->sent_left = relay->chunk_left;
    relay->open = source->head->framing == AR_BODY_CHUNKED && relay->chunk_left > 0;
}

/* Body bytes, in place. chunk_left is already what is left after them. */
void ar_relay_body(ar_conn_t *source, const uint8_t *bytes, size_t count) {
    ar_relay_t *relay = source->relay;
    relay->body_count += count;
    if ((relay->flags & AR_RELAY_OBSERVE) && !may_skip(relay, bytes, count)) {
        source->shared->events.on_body(source->ctx, (ar_slice_t){bytes, count});
        if (source->state == AR_CLOSING || source->relay == NULL) return;
    }
    relay->body_end = bytes + count;
    bool events = (relay->flags & AR_RELAY_EVENTS) != 0, unframed = is_unframed(source);
    size_t end = events ? last_event_end(relay->last, bytes, count) : count;
    remember_last(relay, bytes, count);
    if (unframed) { /* the framing around it stays behind */
        if (end > 0) relay->mid_event = false;
        if (end > 0 || relay->head_due)
            forward(source, bytes, end); /* with the head, nothing is held yet */
        hold(source, bytes + end, count - end);
        forward_overlong(source);
        return;
    }
    if (end == 0) return;
    relay->safe = bytes + end;
    relay->safe_left = relay->chunk_left + (count - end);
    relay->safe_open = source->head->framing == AR_BODY_CHUNKED;
    relay->mid_event = false;
}

bool ar_relay_deltas(ar_conn_t *source, const uint8_t *bytes, size_t count) {
    ar_relay_t *relay = source->relay;
    /* Both sides stand between two chunks and two events, and nothing is held back. */
    bool between = source->chunk_start && !relay->head_due && relay->hold_count == 0 &&
                   !relay->open && relay->last[0] == '\n' && relay->last[1] == '\n';
    if (!between || !(relay->flags & AR_RELAY_SKIP_DELTAS) || relay->framing != AR_RELAY_RAW ||
        source->head->framing != AR_BODY_CHUNKED)
        return false;
    size_t body = ar_plain_delta_chunks(bytes, count);
    if (body == 0) return false;
    relay->body_count += body;
    source->chunked_body += body;
    source->chunked_count += count;
    forward_alone(source, bytes, count);
    return true;
}

/* Right behind a chunk's last byte stands its CRLF: sent with it when it is here. */
static void take_chunk_end(ar_relay_t *relay, const uint8_t *end) {
    if (!relay->safe_open || relay->safe_left > 0 || end - relay->safe < 2) return;
    if (relay->safe[0] != '\r' || relay->safe[1] != '\n') return;
    relay->safe += 2;
    relay->safe_open = false;
}

/* What is safe to send: whole events, or, where they are not told apart, all of the body so far. The
 * framing behind it is held back with the rest: it may turn out to be the beginning of trailers. */
static void send_safe_part(ar_conn_t *source, const uint8_t *bytes, size_t count) {
    ar_relay_t *relay = source->relay;
    const uint8_t *end = bytes + count;
    bool any = relay->safe > bytes;
    if (any || relay->head_due) {
        if (any) take_chunk_end(relay, end);
        forward(source, bytes,
                (size_t)(relay->safe - bytes)); /* with the head, nothing is held yet */
        relay->sent_left = relay->safe_left;
        relay->open = relay->safe_open;
    }
    hold(source, relay->safe, (size_t)(end - relay->safe));
    forward_overlong(source);
}

size_t ar_relay_whole_events(ar_conn_t *source, const uint8_t *bytes) {
    return (size_t)(source->relay->safe - bytes);
}

/* Trailers would be fields nobody has looked at (RFC 9110 section 6.5.1): the body ends without them. */
static void end_without_trailers(ar_conn_t *source, const uint8_t *bytes) {
    ar_relay_t *relay = source->relay;
    bool open = relay->open || relay->body_end != NULL || relay->hold_body > 0;
    if (relay->body_end != NULL) {
        forward(source, bytes, (size_t)(relay->body_end - bytes));
    } else {
        relay->hold_count = relay->hold_body;
        forward(source, NULL, 0);
    }
    if (relay->receiver == NULL) return;
    uv_buf_t end = uv_buf_init(open ? "\r\n0\r\n\r\n" : "0\r\n\r\n", open ? 7 : 5);
    ar_out_send(relay->receiver, &end, 1, NULL, 0);
}

void ar_relay_end_read(ar_conn_t *source, const uint8_t *bytes, size_t count, bool complete) {
    ar_relay_t *relay = source->relay;
    if (relay == NULL) return;
    if (is_unframed(source)) {
        if (relay->head_due || complete) forward(source, NULL, 0);
        relay->finished = complete;
    } else if (!complete) {
        send_safe_part(source, bytes, count);
    } else {
        if (source->has_trailers) {
            end_without_trailers(source, bytes);
        } else {
            forward(source, bytes, count);
        }
        relay->finished = true;
    }
}

/* ---- the caller's ------------------------------------------------------------------------------- */

void ar_conn_relay(ar_conn_t *source, ar_conn_t *receiver, ar_slice_t head, int framing,
                   int flags) {
    if (source->state == AR_CLOSING || source->relay != NULL) return;
    ar_loop_t *loop = source->loop;
    ar_relay_t *relay = malloc(sizeof *relay); /* no calloc: see build_head */
    if (loop->head_slab == NULL || loop->head_slab->capacity < head.count) {
        ar_slab_drop(loop, loop->head_slab);
        loop->head_slab = ar_slab_get(loop, head.count > 16384 ? head.count : 16384);
    }
    if (relay == NULL || loop->head_slab == NULL) {
        free(relay);
        ar_conn_fail(source, AR_END_NO_MEMORY, UV_ENOMEM, "out of memory");
        return;
    }
    memcpy(loop->head_slab->bytes, head.bytes, head.count);
    loop->head_slab->used = (uint32_t)head.count;
    bool is_open = receiver->state != AR_CLOSING;
    *relay = (ar_relay_t){.receiver = is_open ? receiver : NULL,
                          .framing = (uint8_t)framing,
                          .flags = (uint8_t)flags,
                          .head_due = true,
                          .chunk_left = source->body_left,
                          .sent_left = source->body_left};
    source->relay = relay;
    if (is_open) receiver->source = source;
}

int ar_conn_relay_started(const ar_conn_t *source) {
    return source->relay != NULL && source->relay->started;
}

uint64_t ar_conn_relay_count(const ar_conn_t *source) {
    return source->relay != NULL ? source->relay->body_count : 0;
}

void ar_conn_relay_finish(ar_conn_t *source) {
    ar_relay_t *relay = source->relay;
    if (relay == NULL || relay->finished) return;
    forward(source, NULL, 0);
    relay->finished = true;
    if (relay->framing != AR_RELAY_CHUNKED || relay->receiver == NULL) return;
    uv_buf_t end = uv_buf_init("0\r\n\r\n", 5);
    ar_out_send(relay->receiver, &end, 1, NULL, 0);
}

/* Into the chunk that is open, then into one of its own. */
static void abort_chunked(ar_relay_t *relay, ar_slice_t bytes) {
    ar_slice_t parts[3];
    uint32_t used = 0;
    size_t inside = 0;
    if (relay->open) {
        inside = bytes.count < relay->sent_left ? bytes.count : (size_t)relay->sent_left;
        if (inside > 0) parts[used++] = (ar_slice_t){bytes.bytes, inside};
        if (inside == relay->sent_left) parts[used++] = (ar_slice_t){(const uint8_t *)"\r\n", 2};
        ar_conn_write(relay->receiver, parts, used, 0);
    }
    ar_slice_t rest = {bytes.bytes + inside, bytes.count - inside};
    ar_conn_write_chunk(relay->receiver, &rest, 1);
}

void ar_conn_relay_abort(ar_conn_t *source, ar_slice_t bytes) {
    ar_relay_t *relay = source->relay;
    if (relay == NULL || relay->finished || relay->receiver == NULL || bytes.count == 0) return;
    relay->hold_count = relay->hold_body = 0;
    relay->finished = true;
    /* Where events are not told apart the receiver may stand anywhere; inside a torn one anything more
     * would complete it. */
    if (!(relay->flags & AR_RELAY_EVENTS) || relay->mid_event) return;
    bool chunked = relay->framing == AR_RELAY_CHUNKED ||
                   (relay->framing == AR_RELAY_RAW && source->head->framing == AR_BODY_CHUNKED);
    if (chunked) {
        abort_chunked(relay, bytes);
    } else if (source->head->framing != AR_BODY_LENGTH || bytes.count < relay->sent_left) {
        ar_conn_write(relay->receiver, &bytes, 1, 0);
    }
}

void ar_conn_relay_detach(ar_conn_t *source) {
    ar_relay_t *relay = source->relay;
    if (relay == NULL || relay->receiver == NULL) return;
    relay->receiver->source = NULL;
    relay->receiver = NULL;
}

void ar_relay_free(ar_conn_t *source) {
    if (source->relay == NULL) return;
    ar_conn_relay_detach(source);
    ar_slab_drop(source->loop, source->relay->hold);
    free(source->relay);
    source->relay = NULL;
}
