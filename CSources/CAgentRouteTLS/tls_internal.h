/* What the files of this target share. Nothing here is seen outside it. */
#ifndef AR_TLS_INTERNAL_H
#define AR_TLS_INTERNAL_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "CAgentRouteTLS.h"

struct ar_tls_context {
    SSL_CTX *_Nonnull ssl;
    BIO_METHOD *_Nonnull bio;
    atomic_uint references;
};

/* A resumed handshake checks no certificate: the slot must stay with one host and one context. */
struct ar_tls_session {
    SSL_SESSION *_Nullable newest; /* owned */
};

struct ar_tls {
    SSL *_Nonnull ssl;
    ar_tls_context_t *_Nonnull context;  /* retained */
    ar_tls_session_t *_Nullable session; /* the caller's */
    ar_tls_send_fn _Nonnull send;
    void *_Nullable send_ctx;

    const uint8_t *_Nullable input; /* the caller's; what is left of what was fed */
    size_t input_count;

    BUF_MEM *_Nullable held; /* owned; text written that could not be encrypted yet */

    ar_tls_status_t end; /* AR_TLS_OK until the connection has ended; then for good */
    bool established;
    bool said_close;
    bool send_failed;
    char reason[320]; /* room for a sentence and the longest host name */
    char host[];
};

/* The method of the BIO between one SSL and its ar_tls_t (the BIO's data): reads take the fed
 * input, writes go to the send callback. NULL when memory is short; freed with BIO_meth_free. */
BIO_METHOD *_Nullable ar_tls_bio_method_create(void);

/* Names the failure of the call that just ended: writes `tls->reason` and returns the status. Reads
 * this thread's OpenSSL error queue. */
ar_tls_status_t ar_tls_explain(ar_tls_t *_Nonnull tls);

#endif
