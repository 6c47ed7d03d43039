/* TLS to providers: OpenSSL 3 over a custom BIO, so that no memory BIO doubles a stream's memory.
 *
 * Nothing here touches a socket: ciphertext is fed in where it was read (no copy) and leaves through a
 * callback. All calls on one thread, the loop's. TLS 1.2 or newer; the host name is checked and sent
 * as SNI (an IP address is checked as one and not sent).
 */
#ifndef CAGENTROUTETLS_H
#define CAGENTROUTETLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What many connections share: trust anchors, options. Owned by the caller, counted (any thread). */
typedef struct ar_tls_context ar_tls_context_t;
/* One connection's TLS state. */
typedef struct ar_tls ar_tls_t;
/* The newest session of one host under one context, for resumption (which checks no certificate
 * again). Owned by whoever owns the host's pool. */
typedef struct ar_tls_session ar_tls_session_t;

typedef enum {
    AR_TLS_OK = 0,
    AR_TLS_WANT_INPUT = 1,  /* all input consumed; feed more */
    AR_TLS_CLOSED = 2,      /* the peer said close_notify: an orderly end */
    AR_TLS_UNTRUSTED = -1,  /* the chain does not lead to a trust anchor, or is expired */
    AR_TLS_WRONG_HOST = -2, /* the certificate is for another name */
    AR_TLS_FAILED = -3      /* any other protocol failure, or the send callback failed */
} ar_tls_status_t;

/* Takes all `count` bytes of ciphertext: sends them or keeps them. Returns 0, or -1 when the
 * connection is dead. `bytes` is valid for the call. */
typedef int (*ar_tls_send_fn)(void *_Nullable ctx, const uint8_t *_Nonnull bytes, size_t count);

/* A context that trusts `ca_file` (PEM) and nothing else when given, else the system's trust store
 * (SSL_CERT_FILE and SSL_CERT_DIR hold, as OpenSSL documents). NULL on failure, with one line of
 * reason in `reason` (always terminated). Released with ar_tls_context_release. */
ar_tls_context_t *_Nullable ar_tls_context_create(const char *_Nullable ca_file,
                                                  char *_Nonnull reason, size_t reason_size);
void ar_tls_context_retain(ar_tls_context_t *_Nonnull context);
void ar_tls_context_release(ar_tls_context_t *_Nullable context);

ar_tls_session_t *_Nullable ar_tls_session_create(void);
void ar_tls_session_free(ar_tls_session_t *_Nullable session);

/* A client connection to `host`. `session` may be NULL; it is read now (to resume) and written when
 * the server issues a ticket, so it must outlive the connection. NULL when memory is short, or when
 * `host` is empty or longer than 255 bytes. */
ar_tls_t *_Nullable ar_tls_create(ar_tls_context_t *_Nonnull context, const char *_Nonnull host,
                                  ar_tls_session_t *_Nullable session, ar_tls_send_fn _Nonnull send,
                                  void *_Nullable send_ctx);
/* Frees the state. Sends nothing; call ar_tls_close_notify first for an orderly end. */
void ar_tls_free(ar_tls_t *_Nullable tls);

/* Makes `bytes` the input of the following calls. They stay the caller's and must stay valid until
 * ar_tls_handshake or ar_tls_read has answered AR_TLS_WANT_INPUT (or ended), by which time all of
 * them have been consumed. */
void ar_tls_feed(ar_tls_t *_Nonnull tls, const uint8_t *_Nullable bytes, size_t count);

/* Goes on with the handshake: AR_TLS_OK when it is complete (input may be left for ar_tls_read),
 * AR_TLS_WANT_INPUT, or a failure. */
ar_tls_status_t ar_tls_handshake(ar_tls_t *_Nonnull tls);

/* Decrypts into `plain`. *count is what was written, at most `capacity`. AR_TLS_OK: call again (there
 * may be more); AR_TLS_WANT_INPUT: *count is 0 and the input is used up; AR_TLS_CLOSED or a failure: the end. */
ar_tls_status_t ar_tls_read(ar_tls_t *_Nonnull tls, uint8_t *_Nonnull plain, size_t capacity,
                            size_t *_Nonnull count);

/* Encrypts `count` bytes and hands the ciphertext to the send callback before it returns; while a
 * message of the handshake's kind has come in part, they are kept and sent by the ar_tls_read that
 * completes it. The send callback may also run inside ar_tls_handshake and ar_tls_read. */
ar_tls_status_t ar_tls_write(ar_tls_t *_Nonnull tls, const uint8_t *_Nonnull bytes, size_t count);

/* Sends close_notify, once, if the handshake is complete. */
void ar_tls_close_notify(ar_tls_t *_Nonnull tls);

/* One line for a person: why the last call failed. Valid until the next call on `tls`. Never NULL. */
const char *_Nonnull ar_tls_reason(const ar_tls_t *_Nonnull tls);
/* Whether the handshake resumed a session. */
int ar_tls_resumed(const ar_tls_t *_Nonnull tls);

#endif
