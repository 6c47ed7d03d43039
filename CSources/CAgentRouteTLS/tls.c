#include <openssl/buffer.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls_internal.h"

/* Has the certificate checked against the host, and sends the name (RFC 6066 section 3 allows no
 * address there). Names stand in subjectAltName, never in the subject (RFC 9525). */
static bool set_host(SSL *ssl, const char *host) {
    /* SSL_set1_host takes an empty name for "check none". */
    if (host[0] == '\0') {
        return false;
    }
    SSL_set_hostflags(ssl,
                      X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1) {
        return true;
    }
    return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

static bool set_bio(ar_tls_t *tls) {
    BIO *bio = BIO_new(tls->context->bio);
    if (bio == NULL) {
        return false;
    }
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    return true;
}

/* Offers the slot's session. A TLS 1.3 ticket is spent by it: used twice it would let an onlooker
 * link the two connections (RFC 8446 appendix C.4), and the server sends another. */
static void offer_session(ar_tls_t *tls) {
    SSL_SESSION *newest = tls->session != NULL ? tls->session->newest : NULL;
    if (newest == NULL) {
        return;
    }
    SSL_set_session(tls->ssl, newest);
    if (SSL_SESSION_get_protocol_version(newest) >= TLS1_3_VERSION) {
        SSL_SESSION_free(newest);
        tls->session->newest = NULL;
    }
}

ar_tls_t *ar_tls_create(ar_tls_context_t *context, const char *host, ar_tls_session_t *session,
                        ar_tls_send_fn send, void *send_ctx) {
    size_t host_size = strlen(host) + 1;
    ar_tls_t *tls = calloc(1, sizeof *tls + host_size);
    SSL *ssl = SSL_new(context->ssl);
    if (tls == NULL || ssl == NULL) {
        SSL_free(ssl);
        free(tls);
        return NULL;
    }
    tls->ssl = ssl;
    tls->context = context;
    tls->session = session;
    tls->send = send;
    tls->send_ctx = send_ctx;
    memcpy(tls->host, host, host_size);
    ar_tls_context_retain(context);

    SSL_set_app_data(ssl, tls);
    SSL_set_connect_state(ssl);
    if (!set_host(ssl, host) || !set_bio(tls)) {
        ar_tls_free(tls);
        return NULL;
    }
    offer_session(tls);
    return tls;
}

void ar_tls_free(ar_tls_t *tls) {
    if (tls == NULL) {
        return;
    }
    /* Freed without close_notify, OpenSSL would spoil the session; but a kept-alive connection
     * that the network or the pool ended is no sign of a bad one. A fatal alert has spoilt it
     * already. */
    SSL_set_shutdown(tls->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(tls->ssl);
    BUF_MEM_free(tls->held);
    ar_tls_context_release(tls->context);
    free(tls);
}

void ar_tls_feed(ar_tls_t *tls, const uint8_t *bytes, size_t count) {
    tls->input = bytes;
    tls->input_count = count;
}

static ar_tls_status_t fail(ar_tls_t *tls, const char *reason) {
    snprintf(tls->reason, sizeof tls->reason, "%s", reason);
    return tls->end = AR_TLS_FAILED;
}

/* The status of an OpenSSL call that did not succeed. OpenSSL asks for input only when its last
 * read found none left, so AR_TLS_WANT_INPUT keeps what the header says of it. */
static ar_tls_status_t conclude(ar_tls_t *tls, int result) {
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return AR_TLS_WANT_INPUT;
    case SSL_ERROR_ZERO_RETURN:
        if (tls->established) {
            return tls->end = AR_TLS_CLOSED;
        }
        return fail(tls, "server closed TLS during the handshake");
    default:
        return tls->end = ar_tls_explain(tls);
    }
}

ar_tls_status_t ar_tls_handshake(ar_tls_t *tls) {
    if (tls->end != AR_TLS_OK || tls->established) {
        return tls->end;
    }
    ERR_clear_error();
    int result = SSL_do_handshake(tls->ssl);
    if (result != 1) {
        return conclude(tls, result);
    }
    tls->established = true;
    return AR_TLS_OK;
}

/* Keeps text that OpenSSL cannot encrypt now: while a handshake message that the server sends after
 * the handshake (a ticket) has arrived in part, it refuses to write until it has the rest. */
static ar_tls_status_t hold(ar_tls_t *tls, const uint8_t *bytes, size_t count) {
    if (tls->held == NULL) {
        tls->held = BUF_MEM_new();
    }
    size_t before = tls->held != NULL ? tls->held->length : 0;
    if (tls->held == NULL || BUF_MEM_grow_clean(tls->held, before + count) != before + count) {
        return fail(tls, "memory is short");
    }
    memcpy(tls->held->data + before, bytes, count);
    return AR_TLS_OK;
}

/* Sends what is held, once OpenSSL writes again. */
static void send_held(ar_tls_t *tls) {
    size_t written = 0;
    if (tls->held == NULL || tls->end != AR_TLS_OK || SSL_in_init(tls->ssl)) {
        return;
    }
    ERR_clear_error();
    if (SSL_write_ex(tls->ssl, tls->held->data, tls->held->length, &written) != 1) {
        conclude(tls, 0);
    }
    BUF_MEM_free(tls->held);
    tls->held = NULL;
}

ar_tls_status_t ar_tls_read(ar_tls_t *tls, uint8_t *plain, size_t capacity, size_t *count) {
    *count = 0;
    if (tls->end != AR_TLS_OK) {
        return tls->end;
    }
    if (!tls->established) {
        return fail(tls, "read before the handshake was complete");
    }
    /* Spares OpenSSL's setting up a 17 KiB record buffer to find nothing. */
    if (tls->input_count == 0 && SSL_has_pending(tls->ssl) == 0) {
        return AR_TLS_WANT_INPUT;
    }
    ERR_clear_error();
    if (SSL_read_ex(tls->ssl, plain, capacity, count) == 1) {
        send_held(tls);
        return AR_TLS_OK;
    }
    ar_tls_status_t status = conclude(tls, 0);
    send_held(tls);
    return tls->end != AR_TLS_OK ? tls->end : status;
}

ar_tls_status_t ar_tls_write(ar_tls_t *tls, const uint8_t *bytes, size_t count) {
    if (tls->end != AR_TLS_OK || count == 0) {
        return tls->end;
    }
    if (!tls->established) {
        return fail(tls, "write before the handshake was complete");
    }
    if (tls->held != NULL) {
        return hold(tls, bytes, count);
    }
    ERR_clear_error();
    size_t written = 0;
    if (SSL_write_ex(tls->ssl, bytes, count, &written) == 1) {
        return AR_TLS_OK;
    }
    ar_tls_status_t status = conclude(tls, 0);
    return status == AR_TLS_WANT_INPUT ? hold(tls, bytes, count) : status;
}

void ar_tls_close_notify(ar_tls_t *tls) {
    if (!tls->established || tls->said_close || tls->end < AR_TLS_OK) {
        return;
    }
    tls->said_close = true;
    ERR_clear_error();
    SSL_shutdown(tls->ssl);
}

const char *ar_tls_reason(const ar_tls_t *tls) { return tls->reason; }

int ar_tls_resumed(const ar_tls_t *tls) {
    return tls->established && SSL_session_reused(tls->ssl) == 1;
}
