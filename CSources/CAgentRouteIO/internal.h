/* What the files of the C core share. See include/CAgentRouteIO.h for the contract. */
#ifndef AR_INTERNAL_H
#define AR_INTERNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "CAgentRouteIO.h"
#include "CAgentRouteLLHTTP.h"

enum {
    AR_SLAB_BYTES =
        65536, /* one shared read buffer; small buffers cost 4 to 5 times on large events */
    AR_SMALL_SLAB_BYTES = 4096, /* what waits for a slow peer starts in one of these */
    AR_FREE_SLABS = 8,          /* large slabs kept for reuse */
    AR_RETAIN_BYTES =
        32768, /* a leftover at least this long keeps the read slab instead of a copy */
    AR_GATHER_BYTES = 4096,       /* parts of a write that are put together up to this much */
    AR_MAX_FIELDS = 512,          /* header fields of one head */
    AR_BODY_START_BYTES = 262144, /* first room for a request body; grows as the body comes */
    /* Sizes, extensions and trailers of a chunked body: this much, beside eight bytes for each of the
     * body's (chunks of one byte take six). */
    AR_FRAMING_BYTES = 65536,
    AR_FRAMING_RATIO = 8,
    AR_BLANK_BYTES = 8,          /* line ends ignored before a request */
    AR_STASH_BYTES = 65536,      /* pipelined input kept while a request is being answered */
    AR_EVENT_HOLD_BYTES = 65536, /* an incomplete event held back at most */
    AR_ACK_READS = 64,           /* so often is looked at how a body is acknowledged */
    AR_SWEEP_MS = 100,           /* deadlines are checked this often */
    AR_LINGER_MS = 2000, /* input discarded after the last byte of an answer, at most this long */
    AR_LINGER_BYTES = 1 << 20, /* and at most this much */
    AR_MAX_SLICES = 16
};

/* ---- lists -------------------------------------------------------------------------------------- */

typedef struct ar_link {
    struct ar_link *prev, *next;
} ar_link_t;

static inline void ar_link_init(ar_link_t *l) { l->prev = l->next = l; }
static inline bool ar_link_empty(const ar_link_t *l) { return l->next == l; }
static inline void ar_link_remove(ar_link_t *l) {
    l->prev->next = l->next;
    l->next->prev = l->prev;
    ar_link_init(l);
}
static inline void ar_link_append(ar_link_t *list, ar_link_t *l) {
    l->prev = list->prev;
    l->next = list;
    list->prev->next = l;
    list->prev = l;
}
#define AR_CONTAINER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* ---- slabs -------------------------------------------------------------------------------------- */

/* A counted block of bytes. Freed, or kept for reuse, when `refs` reaches 0. */
typedef struct ar_slab {
    struct ar_slab *next_free;
    uint32_t refs;
    uint32_t capacity;
    uint32_t used;
    uint8_t bytes[];
} ar_slab_t;

ar_slab_t *ar_slab_get(ar_loop_t *loop, size_t capacity); /* refs == 1; NULL when memory is short */
void ar_slab_drop(ar_loop_t *loop, ar_slab_t *slab);
/* The bytes of a large slab that nobody else keeps: *place, or a fresh one put there. */
uint8_t *ar_slab_room(ar_loop_t *loop, ar_slab_t **place);
uv_buf_t ar_slab_read_buffer(ar_loop_t *loop);

/* ---- loop --------------------------------------------------------------------------------------- */

/* What tells that it is time to look at deadlines (sweep.c). */
typedef struct {
#ifdef __linux__
    uv_poll_t handle;
    int fd;
#else
    uv_timer_t handle;
#endif
} ar_sweep_t;

struct ar_loop {
    uv_loop_t uv;
    uv_async_t wake;
    ar_sweep_t sweep;
    uv_idle_t defer; /* runs what is due before the next wait */
    ar_loop_events_t events;
    void *ctx;
    ar_slab_t *read_slab;   /* what sockets are read into; replaced when somebody keeps it */
    ar_slab_t *plain_slab;  /* what TLS is decrypted into */
    ar_slab_t *cipher_slab; /* what one write of a TLS connection is encrypted into */
    ar_slab_t *head_slab;   /* the head of a relay that starts in this dispatch */
    ar_slab_t *free_slabs;
    uint32_t free_slab_count;
    ar_link_t conns; /* all connections */
    ar_link_t due;   /* connections with a deferred callback */
    ar_loop_counters_t counters;
    bool freeing;
    ar_field_t fields[AR_MAX_FIELDS]; /* of a head that arrives in one read */
};

/* Refcounted settings that outlive the listener or origin they came from. */
typedef struct {
    uint32_t refs;
    ar_conn_events_t events;
    ar_limits_t limits;
} ar_shared_t;

ar_shared_t *ar_shared_create(const ar_conn_events_t *events, const ar_limits_t *limits);
void ar_shared_drop(ar_shared_t *shared);

/* ---- connections -------------------------------------------------------------------------------- */

typedef enum { AR_SERVER, AR_CLIENT } ar_role_t;

typedef enum {
    /* server */
    AR_S_IDLE,    /* waiting for the first byte of a request */
    AR_S_HEAD,    /* inside a head */
    AR_S_BODY,    /* gathering a body */
    AR_S_BUSY,    /* the request is with the caller */
    AR_S_DISCARD, /* nothing more is read from this peer */
    /* client */
    AR_C_RESOLVING,
    AR_C_CONNECTING,
    AR_C_HANDSHAKE,
    AR_C_READY, /* may be written to; a byte from the peer is out of turn */
    AR_C_HEAD,
    AR_C_BODY,
    AR_C_DONE, /* the response is complete */
    AR_C_POOLED,
    /* both */
    AR_CLOSING
} ar_state_t;

/* Output that waits for the kernel. */
typedef struct ar_out {
    struct ar_out *next;
    ar_slab_t *slab; /* a reference, or NULL when borrowed */
    const uint8_t *bytes;
    size_t count;
} ar_out_t;

typedef struct {
    uv_write_t req;
    ar_conn_t *conn;
    uint32_t nodes; /* how many of the queue's first nodes are being written */
} ar_out_req_t;

/* The receiver's view of a body on its way (see relay.c). */
typedef struct {
    ar_conn_t *receiver;
    ar_slab_t *hold; /* raw bytes after the last complete event */
    size_t hold_count;
    size_t hold_body;        /* of them, those up to the last body byte; framing follows */
    const uint8_t *body_end; /* in the current read: end of the last body bytes, or NULL */
    uint64_t chunk_left;     /* bytes left of the chunk being parsed */
    uint64_t sent_left;      /* bytes left of the chunk or length as the receiver has seen it */
    const uint8_t *safe;     /* in the current read: end of what may be sent */
    uint64_t safe_left;      /* sent_left, should everything up to `safe` be sent */
    uint64_t body_count;     /* body bytes so far */
    uint8_t last[2];         /* the last two body bytes */
    uint8_t framing;         /* ar_relay_framing_t */
    uint8_t flags;
    bool started;  /* the receiver has been given something */
    bool head_due; /* loop->head_slab holds the head */
    bool open;     /* the receiver stands inside a chunk, even if sent_left is 0 */
    bool safe_open;
    bool finished;
    bool mid_event; /* part of an over-long event has been sent */
} ar_relay_t;

struct ar_conn {
    uv_tcp_t tcp;
    int fd; /* of tcp, once it is connected */
    ar_loop_t *loop;
    ar_shared_t *shared;
    void *ctx;
    ar_link_t link;     /* loop->conns */
    ar_link_t due_link; /* loop->due */
    llhttp_t parser;
    uint8_t role, state;
    uint8_t end_reason; /* given or due */
    bool end_due : 1;   /* on_end is to be called */
    bool ended : 1;     /* on_end has been called */
    bool drained_due : 1;
    bool reading : 1;
    bool paused : 1; /* by the caller or by back-pressure */
    bool peer_eof : 1;
    bool in_value : 1; /* head parsing: inside a value */
    bool head_done : 1;
    bool message_done : 1;
    bool has_trailers : 1;
    bool chunk_start : 1; /* the next byte of a chunked response body begins a chunk */
    bool chunk_done : 1;  /* the newest chunk was parsed to its end */
    bool finishing : 1;   /* close once everything is written */
    bool lingering : 1;
    bool handle_open : 1;
    bool resolving : 1;
    bool retrying : 1; /* the socket is being replaced for the next address */
    bool reusable : 1;
    bool heard : 1;         /* client: a body byte has come since the last sweep */
    bool write_broken : 1;  /* client: the request was not taken whole */
    bool peer_notified : 1; /* TLS: close_notify came */
    bool no_body : 1;       /* client: the response to HEAD */
    bool acks_wait : 1;     /* client: the kernel was asked to wait with acknowledgements */
    uint8_t ack_reads;      /* client: reads of a body since the last look at them */
    uint64_t ack_mark;      /* client: when that was, on the loop's clock */
    int end_system;
    const char *end_detail;
    uint64_t deadline; /* on the loop's clock; 0 for none */
    uint64_t stall_deadline;
    size_t stall_mark;
    /* the message being read */
    uint64_t chunked_count,
        chunked_body;         /* of a chunked body: its bytes with their framing, without */
    const uint8_t *chunk_end; /* in the current read: where the newest chunk's data ends */
    ar_slice_t decoded;  /* in the current read: the data of all chunks, if nothing relays it */
    const uint8_t *base; /* head parsing: what field offsets count from */
    ar_field_t *fields;
    uint32_t field_count;
    uint32_t target_at, target_count, method_at, method_count;
    uint8_t *partial; /* a head that needs more than one read: bytes, then a table of fields */
    uint32_t partial_count, partial_capacity;
    ar_field_t *partial_fields;
    ar_head_t *head;
    uint64_t body_left; /* with a declared length */
    uint8_t *body;      /* server: gathered */
    size_t body_count, body_capacity;
    uint8_t *stash; /* server: pipelined input */
    size_t stash_count;
    size_t blank_count; /* server: line ends before a request */
    size_t discarded;
    /* output */
    ar_out_t *out_first, *out_last;
    size_t pending;
    uint64_t sent;
    ar_out_req_t *out_req;
    ar_conn_t *source; /* whose relay writes here */
    /* client */
    ar_origin_t *origin;
    ar_tls_t *tls;
    struct addrinfo *addresses, *next_address;
    uint64_t connect_until; /* the end of all attempts together */
    ar_link_t pool_link;    /* origin->idle */
    ar_relay_t *relay;
};

struct ar_origin {
    ar_loop_t *loop;
    ar_shared_t *shared;
    ar_origin_options_t options;
    char *host;
    ar_tls_session_t *session;
    ar_link_t idle; /* pooled connections by pool_link, newest last */
    uint32_t idle_count;
    int32_t ack_trust; /* whether the kernel may wait with acknowledgements: not below 0 (acks.c) */
    uint64_t ack_blamed; /* when it last lost some, on the loop's clock */
    uint32_t refs;       /* the owner and every connection */
    bool closed;
};

/* loop.c */
/* A write to a closed pipe or socket is an error, not a signal, between these two. */
void ar_sigpipe_block(sigset_t *before);
void ar_sigpipe_restore(const sigset_t *before);
/* The coarse clock: 0 or an error; runs while there are connections. */
int ar_sweep_init(ar_loop_t *loop);
void ar_sweep_start(ar_loop_t *loop);
void ar_sweep_close(ar_loop_t *loop);
void ar_loop_start_defer(ar_loop_t *loop);

/* child.c */
/* Closes one handle of a child whose loop goes; the program runs on. */
void ar_child_abandon(uv_handle_t *handle);

/* conn.c */
ar_conn_t *ar_conn_create(ar_loop_t *loop, ar_shared_t *shared, ar_role_t role);
int ar_conn_start_reading(ar_conn_t *conn);
void ar_conn_stop_reading(ar_conn_t *conn);
/* Makes on_end due; the first reason stays. `detail` is static or lives as long as the connection. */
void ar_conn_fail(ar_conn_t *conn, ar_end_reason_t reason, int system, const char *detail);
void ar_conn_run_due(ar_conn_t *conn);
void ar_conn_defer(ar_conn_t *conn);
/* Client: a body begins; AR_ACK_READS reads of it have been made (acks.c). */
void ar_acks_begin(ar_conn_t *conn);
void ar_acks_look(ar_conn_t *conn);
void ar_conn_sweep(ar_conn_t *conn, uint64_t now);
void ar_conn_set_deadline(ar_conn_t *conn, uint32_t ms);
void ar_conn_free_message(ar_conn_t *conn);
void ar_conn_maybe_free(ar_conn_t *conn);

/* output.c */
int ar_out_send(ar_conn_t *conn, const uv_buf_t *bufs, uint32_t count, ar_slab_t *slab,
                uint32_t borrowed);
void ar_out_discard(ar_conn_t *conn);
void ar_out_flushed(ar_conn_t *conn);
int ar_out_tls(void *conn, const uint8_t *bytes, size_t count);
int ar_out_flush_cipher(ar_conn_t *conn);

/* head.c */
void ar_head_init(ar_conn_t *conn);
/* Consumes bytes of a head; returns how many. conn->head_done tells that it is whole (conn->head). */
size_t ar_head_feed(ar_conn_t *conn, const uint8_t *bytes, size_t count);
/* Consumes bytes of a chunked body; returns how many. conn->message_done tells the end. */
size_t ar_chunked_feed(ar_conn_t *conn, const uint8_t *bytes, size_t count);
/* The bytes of the size line of a chunk without extensions, its size in *size; 0 for anything else. */
static inline size_t ar_chunk_head(const uint8_t *bytes, size_t count, size_t *size) {
    size_t at = 0, value = 0;
    for (; at < count && at < 7; at++) {
        uint8_t digit = (uint8_t)(bytes[at] - '0');
        if (digit > 9) {
            uint8_t letter = (uint8_t)((bytes[at] | 0x20) - 'a');
            if (letter > 5) break;
            digit = letter + 10;
        }
        value = value << 4 | digit;
    }
    *size = value;
    bool ended = at > 0 && count - at >= 2 && bytes[at] == '\r' && bytes[at + 1] == '\n';
    return ended ? at + 2 : 0;
}

/* server.c */
void ar_server_input(ar_conn_t *conn, const uint8_t *bytes, size_t count);
void ar_server_eof(ar_conn_t *conn, int error);
void ar_server_body(ar_conn_t *conn, const uint8_t *bytes, size_t count);
size_t ar_server_body_room(ar_conn_t *conn);
void ar_server_resume(ar_conn_t *conn);
void ar_server_timeout(ar_conn_t *conn);
void ar_server_flushed(ar_conn_t *conn);

/* client.c, pool.c */
void ar_client_input(ar_conn_t *conn, const uint8_t *bytes, size_t count);
void ar_client_eof(ar_conn_t *conn, int error);
void ar_client_timeout(ar_conn_t *conn);
void ar_client_flushed(ar_conn_t *conn);
void ar_client_closed(ar_conn_t *conn);
void ar_client_connect(ar_conn_t *conn);
void ar_origin_drop(ar_origin_t *origin);
void ar_pool_remove(ar_conn_t *conn);

/* delta.c */
/* Whether `bytes`, one server-sent event, is a delta as AR_RELAY_SKIP_DELTAS has it. */
bool ar_is_plain_delta(const uint8_t *bytes, size_t count);
/* Whether `bytes` are nothing but whole chunks of such an event each: how many bytes the events have, or
 * 0. One search for all of them. */
size_t ar_plain_delta_chunks(const uint8_t *bytes, size_t count);

/* relay.c */
void ar_relay_body(ar_conn_t *source, const uint8_t *bytes, size_t count);
static inline void ar_relay_begin_read(ar_relay_t *relay, const uint8_t *bytes) {
    relay->safe = bytes;
    relay->safe_left = relay->sent_left;
    relay->safe_open = relay->open;
    relay->body_end = NULL;
}
/* How many bytes of this read belong to events that are whole. */
size_t ar_relay_whole_events(ar_conn_t *source, const uint8_t *bytes);
void ar_relay_end_read(ar_conn_t *source, const uint8_t *bytes, size_t count, bool complete);
/* Passes on a read that is nothing but whole events which tell the caller nothing, as it came. False
 * when it is anything else; then nothing was done. */
bool ar_relay_deltas(ar_conn_t *source, const uint8_t *bytes, size_t count);
void ar_relay_free(ar_conn_t *source);
void ar_relay_receiver_flushed(ar_conn_t *receiver);

#endif
