/* The event loop, HTTP/1.1 connections and the relay, in C over libuv and llhttp.
 *
 * Contract for every function here:
 *   - Loop thread only, unless the comment says "any thread".
 *   - Nothing here decides: limits come from the caller, every event goes to the caller.
 *   - Nothing here allocates per streamed chunk while the receiver keeps up.
 *   - Callbacks run on the loop thread, never inside the call that caused them, except where the
 *     comment says so. Bytes passed to a callback are valid for that callback only.
 *   - An object may be closed from any of its own callbacks. Its `on_closed` is the last use of `ctx`.
 */
#ifndef CAGENTROUTEIO_H
#define CAGENTROUTEIO_H

#include <stddef.h>
#include <stdint.h>

#include "CAgentRouteTLS.h"

typedef struct ar_loop ar_loop_t;
typedef struct ar_timer ar_timer_t;
typedef struct ar_signal ar_signal_t;
typedef struct ar_watch ar_watch_t;
typedef struct ar_listener ar_listener_t;
typedef struct ar_conn ar_conn_t;     /* one HTTP/1 connection, server's or client's side */
typedef struct ar_origin ar_origin_t; /* where client connections go, with its keep-alive pool */
typedef struct ar_child ar_child_t;
typedef struct ar_sink ar_sink_t; /* an ordered asynchronous writer to a file descriptor */

/* Bytes somewhere. */
typedef struct {
    const uint8_t *_Nullable bytes;
    size_t count;
} ar_slice_t;

/* ---- loop --------------------------------------------------------------------------------------- */

typedef struct {
    /* After ar_loop_wake, on the loop thread; wakes may be merged. */
    void (*_Nonnull on_wake)(void *_Nullable ctx);
} ar_loop_events_t;

/* NULL when the system refuses. Any thread; the loop belongs to the thread that runs it. */
ar_loop_t *_Nullable ar_loop_create(const ar_loop_events_t *_Nonnull events, void *_Nullable ctx);
/* Runs until ar_loop_stop. SIGPIPE is blocked on this thread meanwhile. Not re-entrant. */
void ar_loop_run(ar_loop_t *_Nonnull loop);
/* Runs what is ready, waits for nothing. For tests and for embedding in another loop. */
void ar_loop_poll(ar_loop_t *_Nonnull loop);
void ar_loop_stop(ar_loop_t *_Nonnull loop);
/* Any thread, also a signal handler. */
void ar_loop_wake(ar_loop_t *_Nonnull loop);
/* Closes whatever is still open (each gets its on_closed) and frees the loop. Not while it runs. */
void ar_loop_free(ar_loop_t *_Nonnull loop);
/* Milliseconds on the loop's monotonic clock, as of the start of this turn. */
uint64_t ar_loop_now(const ar_loop_t *_Nonnull loop);
/* Nanoseconds on the monotonic clock, now. Any thread. */
uint64_t ar_clock_ns(void);
/* Nanoseconds since 1970-01-01T00:00:00Z. Any thread. */
uint64_t ar_wall_ns(void);

typedef struct {
    uint64_t reads, writes, partial_writes; /* socket reads and writes since the start */
    uint64_t slabs, slab_bytes;             /* slabs alive and their bytes */
    uint64_t connections;                   /* ar_conn_t alive */
} ar_loop_counters_t;
void ar_loop_counters(const ar_loop_t *_Nonnull loop, ar_loop_counters_t *_Nonnull counters);

/* ---- timers and signals ------------------------------------------------------------------------- */

typedef void (*ar_tick_fn)(void *_Nullable ctx);

/* Fires after `delay_ms`, then every `repeat_ms` if not 0, until closed. NULL when memory is short. */
ar_timer_t *_Nullable ar_timer_start(ar_loop_t *_Nonnull loop, uint64_t delay_ms,
                                     uint64_t repeat_ms, ar_tick_fn _Nonnull on_fire,
                                     ar_tick_fn _Nonnull on_closed, void *_Nullable ctx);
void ar_timer_again(ar_timer_t *_Nonnull timer, uint64_t delay_ms, uint64_t repeat_ms);
void ar_timer_close(ar_timer_t *_Nonnull timer);

/* NULL when memory is short or the signal cannot be watched (SIGKILL, SIGSTOP). */
ar_signal_t *_Nullable ar_signal_start(ar_loop_t *_Nonnull loop, int number,
                                       ar_tick_fn _Nonnull on_fire, ar_tick_fn _Nonnull on_closed,
                                       void *_Nullable ctx);
void ar_signal_close(ar_signal_t *_Nonnull signal);

/* Fires when something in `folder` has changed; several changes may be told as one. `folder` is not
 * kept. NULL when memory is short or the folder cannot be watched: on_closed does not come then. */
ar_watch_t *_Nullable ar_watch_start(ar_loop_t *_Nonnull loop, const char *_Nonnull folder,
                                     ar_tick_fn _Nonnull on_change, ar_tick_fn _Nonnull on_closed,
                                     void *_Nullable ctx);
void ar_watch_close(ar_watch_t *_Nonnull watch);

/* ---- message heads ------------------------------------------------------------------------------ */

/* A header field as offsets into the head's bytes. The value has no surrounding white space. */
typedef struct {
    uint32_t name_at, name_count, value_at, value_count;
} ar_field_t;

typedef enum {
    AR_BODY_NONE = 0,    /* no body follows */
    AR_BODY_LENGTH = 1,  /* Content-Length */
    AR_BODY_CHUNKED = 2, /* Transfer-Encoding: chunked */
    AR_BODY_TO_END = 3   /* response only: until the connection ends */
} ar_framing_t;

/* A parsed and framing-checked head. Owned by its connection: valid until the next message starts
 * (ar_conn_next, ar_conn_release), ar_conn_drop_request, or the close. */
typedef struct {
    const uint8_t *_Nonnull bytes; /* from the start line to the empty line, as received */
    uint32_t count;
    uint32_t target_at, target_count; /* request: the target as sent */
    uint32_t method_at, method_count; /* request */
    uint16_t status;                  /* response */
    uint8_t minor;                    /* HTTP/1.minor: 0 or 1 */
    uint8_t framing;                  /* ar_framing_t */
    uint8_t keep_alive;               /* the sender lets the connection live after this message */
    uint8_t upgrade;         /* the request asks for another protocol (it is not granted) */
    uint8_t expect_continue; /* request: Expect: 100-continue and no body byte seen yet */
    uint64_t content_length; /* with AR_BODY_LENGTH */
    const ar_field_t *_Nonnull fields; /* in order, duplicates kept, trailers not included */
    uint32_t field_count;
} ar_head_t;

/* ---- connections -------------------------------------------------------------------------------- */

/* Why a connection, or an attempt at one, ended or a message could not be read. */
typedef enum {
    AR_END_NONE = 0,
    AR_END_EOF, /* the peer closed, in order, where no message was under way (server: client gone) */
    AR_END_TRUNCATED,      /* the peer closed in the middle of a message */
    AR_END_RESET,          /* reset or another socket error */
    AR_END_MALFORMED,      /* not HTTP/1 as RFC 9112 has it; `detail` says what */
    AR_END_UNKNOWN_METHOD, /* server: sound HTTP/1 as far as it was read, but a method of no standard */
    AR_END_HEAD_TOO_LARGE,
    AR_END_BODY_TOO_LARGE,
    AR_END_TIMEOUT_HEAD,    /* server: head not whole in time; client: no response head in time */
    AR_END_TIMEOUT_BODY,    /* server: the body stalled; client: the stream was silent too long */
    AR_END_TIMEOUT_IDLE,    /* server: keep-alive idle */
    AR_END_TIMEOUT_CONNECT, /* client */
    AR_END_TIMEOUT_WRITE,   /* the peer took nothing for too long */
    AR_END_UNRESOLVED,      /* client: no address for the host */
    AR_END_REFUSED,         /* client: no address accepted the connection */
    AR_END_TLS_UNTRUSTED,   /* client */
    AR_END_TLS_WRONG_HOST,  /* client */
    AR_END_TLS_FAILED,      /* client */
    AR_END_NO_MEMORY
} ar_end_reason_t;

typedef struct {
    int reason;                  /* ar_end_reason_t */
    int system;                  /* libuv error (negative) or 0 */
    const char *_Nonnull detail; /* one line for a person, without bytes of the message */
} ar_end_t;

/* What on_head of a server connection answers. */
typedef enum {
    AR_HEAD_GATHER = 0, /* read the body whole (up to limits.body_bytes), then on_request */
    AR_HEAD_ANSWERED =
        1 /* the caller has answered, or will with ar_conn_finish_and_close: read no body */
} ar_head_answer_t;

typedef struct {
    /* A whole head. Server: answer an ar_head_answer_t. Client: the final response's head (1xx are
     * skipped); the answer is ignored; the caller may start ar_conn_relay here. */
    int (*_Nonnull on_head)(void *_Nullable ctx, const ar_head_t *_Nonnull head);
    /* Server: the whole request is here. `body` is valid until ar_conn_next or ar_conn_drop_request.
     * No further message is read before ar_conn_next. Client: never called. */
    void (*_Nonnull on_request)(void *_Nullable ctx, ar_slice_t body);
    /* Client: decoded body bytes as they arrive, all of one read at once; also while relaying when
     * observed, then in place, chunk by chunk. */
    void (*_Nonnull on_body)(void *_Nullable ctx, ar_slice_t bytes);
    /* Client: the response is complete, its last byte given to on_body and to the relay's receiver.
     * Where only the end of the connection says so (AR_BODY_TO_END), the caller judges whether it is
     * an end: ar_conn_relay_finish or ar_conn_relay_abort. */
    void (*_Nonnull on_complete)(void *_Nullable ctx);
    /* Client: connected (TLS included) or taken from the pool (`reused`); the request may be sent.
     * For a pooled connection it runs inside ar_origin_connect. */
    void (*_Nonnull on_ready)(void *_Nullable ctx, int reused);
    /* What waited for the peer has fallen below the low mark (see ar_conn_pending). */
    void (*_Nonnull on_drained)(void *_Nullable ctx);
    /* The message or the connection cannot go on. Called at most once; nothing but on_drained and
     * on_closed follows. The connection is not closed yet: a server connection may still be answered
     * (unless reason is EOF, RESET or TIMEOUT_WRITE) with ar_conn_finish_and_close; else call ar_conn_close. */
    void (*_Nonnull on_end)(void *_Nullable ctx, const ar_end_t *_Nonnull end);
    void (*_Nonnull on_closed)(void *_Nullable ctx);
} ar_conn_events_t;

typedef struct {
    uint32_t head_bytes; /* start line and fields together */
    uint64_t body_bytes; /* server: gathered request body */
    uint32_t head_ms;    /* server: from the first byte of a request to the end of its head */
    uint32_t body_ms;    /* server: without a body byte */
    uint32_t idle_ms;    /* server: between requests */
    uint32_t write_ms;   /* the peer takes nothing while bytes wait for it */
    uint32_t high_water; /* bytes waiting for the receiver above which the sender is not read */
    uint32_t low_water;  /* and below which it is read again */
} ar_limits_t;

/* ---- server side -------------------------------------------------------------------------------- */

typedef struct {
    /* A connection was accepted. Set *ctx for its events, or answer 0 to refuse: it is closed at once. */
    int (*_Nonnull on_accept)(void *_Nullable listener_ctx, ar_conn_t *_Nonnull conn,
                              void *_Nullable *_Nonnull ctx);
    void (*_Nonnull on_closed)(void *_Nullable listener_ctx);
} ar_listener_events_t;

/* Binds and listens. `host` is a literal address. Port 0 picks a free one (ar_listener_port).
 * On failure NULL and a libuv error in *error (UV_EADDRINUSE, UV_EACCES, ...). The tables are copied. */
ar_listener_t *_Nullable ar_listener_start(ar_loop_t *_Nonnull loop, const char *_Nonnull host,
                                           uint16_t port, const ar_limits_t *_Nonnull limits,
                                           const ar_listener_events_t *_Nonnull events,
                                           const ar_conn_events_t *_Nonnull conn_events,
                                           void *_Nullable ctx, int *_Nonnull error);
/* Listens on the socket `fd`, which somebody else, such as systemd (sd_listen_fds(3)), has bound and
 * listens on: TCP, or UV_EINVAL. From then on it is the listener's, and no child inherits it; on
 * failure it stays the caller's. Otherwise as ar_listener_start. */
ar_listener_t *_Nullable ar_listener_adopt(ar_loop_t *_Nonnull loop, int fd,
                                           const ar_limits_t *_Nonnull limits,
                                           const ar_listener_events_t *_Nonnull events,
                                           const ar_conn_events_t *_Nonnull conn_events,
                                           void *_Nullable ctx, int *_Nonnull error);
uint16_t ar_listener_port(const ar_listener_t *_Nonnull listener);
/* Stops accepting. Accepted connections live on. */
void ar_listener_close(ar_listener_t *_Nonnull listener);

/* The request has been answered in full: frees its head and body, then reads the next (a pipelined
 * one at once), or closes when `keep_alive` is 0 after what waits has been written. */
void ar_conn_next(ar_conn_t *_Nonnull conn, int keep_alive);
/* Frees the request's head and body early, once they are no longer needed. */
void ar_conn_drop_request(ar_conn_t *_Nonnull conn);
/* Writes what waits, ends the sending side, discards input for a short while (bounded in bytes and
 * time) so that the answer is not lost to a reset, and closes. */
void ar_conn_finish_and_close(ar_conn_t *_Nonnull conn);

/* ---- client side -------------------------------------------------------------------------------- */

typedef struct {
    const char *_Nonnull host; /* name or literal address, without brackets */
    uint16_t port;
    ar_tls_context_t *_Nullable tls; /* retained; NULL for plain */
    uint32_t connect_ms;   /* resolving, connecting and TLS together, over all addresses */
    uint32_t head_ms;      /* from the request's last byte to the response head */
    uint32_t silence_ms;   /* without a byte of the body */
    uint32_t pool_size;    /* idle connections kept at most */
    uint32_t pool_idle_ms; /* and for how long */
    ar_limits_t limits;    /* head_bytes, write_ms, high_water and low_water apply */
} ar_origin_options_t;

/* Copies `options`. NULL when memory is short. */
ar_origin_t *_Nullable ar_origin_create(ar_loop_t *_Nonnull loop,
                                        const ar_origin_options_t *_Nonnull options,
                                        const ar_conn_events_t *_Nonnull conn_events);
/* Closes idle connections; the rest is freed with the last connection. */
void ar_origin_free(ar_origin_t *_Nonnull origin);
/* A connection for one exchange: a live pooled one (checked for a close or stray bytes first), else a
 * new one (every address of the host tried in turn). `pooled` 0 asks for a new one. NULL: no memory.
 * on_ready or on_end follows; with `pooled` and a live connection on_ready runs inside this call. */
ar_conn_t *_Nullable ar_origin_connect(ar_origin_t *_Nonnull origin, int pooled,
                                       void *_Nullable ctx);
uint32_t ar_origin_idle_count(const ar_origin_t *_Nonnull origin);
/* The exchange is over and its response complete: back to the pool if the connection can be used
 * again, else closed. on_closed ends this use of `ctx`: inside this call when pooled, else later. */
void ar_conn_release(ar_conn_t *_Nonnull conn);
/* Client: starts the wait for the response head (after the request was handed to ar_conn_write).
 * `is_head` tells that the response has no body whatever its head says. */
void ar_conn_expect_response(ar_conn_t *_Nonnull conn, int is_head);

/* ---- writing ------------------------------------------------------------------------------------ */

/* Sends the slices in one system call where the socket takes them. What it does not take at once is
 * copied, but for the slices whose bit is set in `borrowed` (bit 0 the first): those stay where they
 * are, and the caller keeps them valid until ar_conn_pending is 0 (told by on_drained, which also comes
 * before) or on_closed. At most 16 slices. 0, or -1 when the connection has ended
 * (on_end follows or was given). */
int ar_conn_write(ar_conn_t *_Nonnull conn, const ar_slice_t *_Nonnull slices, uint32_t count,
                  uint32_t borrowed);
/* Bytes the kernel has taken of what was written to this client connection since on_ready. While it is
 * 0 the peer cannot have seen anything of the request. */
uint64_t ar_conn_sent(const ar_conn_t *_Nonnull conn);
/* The same, framed as one chunk of a chunked body; no bytes at all is ignored. */
int ar_conn_write_chunk(ar_conn_t *_Nonnull conn, const ar_slice_t *_Nonnull slices,
                        uint32_t count);
/* Bytes handed over that the kernel has not taken. */
size_t ar_conn_pending(const ar_conn_t *_Nonnull conn);
/* Closes at once: what waits is lost. Safe to call twice. */
void ar_conn_close(ar_conn_t *_Nonnull conn);
/* The same with a reset, where an orderly end would be taken for the end of a body. */
void ar_conn_reset(ar_conn_t *_Nonnull conn);
/* Stops and restarts reading the body of a client connection (a relay does this by itself). */
void ar_conn_pause(ar_conn_t *_Nonnull conn);
void ar_conn_resume(ar_conn_t *_Nonnull conn);

/* ---- relay -------------------------------------------------------------------------------------- */

typedef enum {
    AR_RELAY_RAW = 0,     /* the body goes on with its framing as received */
    AR_RELAY_CHUNKED = 1, /* the body, re-framed as chunks (the source ends with its connection) */
    AR_RELAY_PLAIN = 2    /* the body without framing (the receiver's ends with its connection) */
} ar_relay_framing_t;

enum {
    AR_RELAY_OBSERVE = 1, /* on_body is called too */
    AR_RELAY_EVENTS =
        2, /* text/event-stream: an event goes on whole, or (beyond 64 KiB) in parts */
    AR_RELAY_SKIP_DELTAS =
        4 /* with both: on_body is left out for an event that holds nothing but one
                              * line of a JSON object without a key `usage` or `error` (other than
                              * null), and whose name, if it has one, ends in `delta`. The first
                              * event of a body is never left out. */
};

/* From the source's on_head: sends `head` and then the response body of `source` to `receiver`, the
 * head and the first body bytes in one write. Reading pauses while more than the receiver's high
 * water waits. Ends with the source's on_complete or on_end. The bytes of `head` are copied or sent. */
void ar_conn_relay(ar_conn_t *_Nonnull source, ar_conn_t *_Nonnull receiver, ar_slice_t head,
                   int framing, int flags);
/* After the source's on_end: whether anything of the response (its head included) has been handed to
 * the receiver. */
int ar_conn_relay_started(const ar_conn_t *_Nonnull source);
/* Body bytes of the relay so far, observed or not. */
uint64_t ar_conn_relay_count(const ar_conn_t *_Nonnull source);
/* After the source's on_end, for a relay in progress: gives the receiver `bytes` as the last of the
 * body, inside whatever framing is open, without the framing's own end: a reader sees them and sees
 * that the body was cut. An event held back as incomplete is dropped. Nothing is sent without
 * AR_RELAY_EVENTS, inside an event that has gone on in part, or when a declared length leaves no room. The caller then calls ar_conn_finish_and_close on the receiver. */
void ar_conn_relay_abort(ar_conn_t *_Nonnull source, ar_slice_t bytes);
/* After the source's on_complete with AR_BODY_TO_END: gives the receiver what was held back and ends
 * its body. In every other case the relay has done so itself and nothing happens. */
void ar_conn_relay_finish(ar_conn_t *_Nonnull source);
/* Ends the relay without a word: the receiver is gone or the source is not wanted any more. */
void ar_conn_relay_detach(ar_conn_t *_Nonnull source);

/* ---- files, children ---------------------------------------------------------------------------- */

/* Writes to `fd` in order, off the loop thread, in batches at most every `interval_ms`. Beyond
 * `capacity` waiting bytes a write is refused and counted. The fd is not closed. */
ar_sink_t *_Nullable ar_sink_create(ar_loop_t *_Nonnull loop, int fd, size_t capacity,
                                    uint32_t interval_ms);
/* 0, or -1 when it does not fit. Copies. */
int ar_sink_write(ar_sink_t *_Nonnull sink, ar_slice_t bytes);
uint64_t ar_sink_refused(const ar_sink_t *_Nonnull sink);
/* Writes what waits, blocking, and frees; while a batch is on its way, after it, on the loop. */
void ar_sink_free(ar_sink_t *_Nonnull sink);

typedef struct {
    void (*_Nonnull on_output)(void *_Nullable ctx, int is_error, ar_slice_t bytes);
    void (*_Nonnull on_exit)(void *_Nullable ctx, int64_t status, int signal);
    void (*_Nonnull on_closed)(void *_Nullable ctx);
} ar_child_events_t;

/* Starts `file` (looked up in PATH) in a process group of its own, with standard input from the null
 * device and both outputs given to on_output. `arguments`, whose first is the program's name, and `environment` end with NULL. On failure
 * NULL and a libuv error in *error. on_closed comes after on_exit and the end of both outputs. */
ar_child_t *_Nullable ar_child_start(ar_loop_t *_Nonnull loop, const char *_Nonnull file,
                                     const char *_Nullable const *_Nonnull arguments,
                                     const char *_Nullable const *_Nonnull environment,
                                     const char *_Nullable directory,
                                     const ar_child_events_t *_Nonnull events, void *_Nullable ctx,
                                     int *_Nonnull error);
int ar_child_pid(const ar_child_t *_Nonnull child);
/* Sends `number` to the child's whole group. */
void ar_child_signal(ar_child_t *_Nonnull child, int number);

/* The text of a libuv error. */
const char *_Nonnull ar_error_text(int error);

#endif
