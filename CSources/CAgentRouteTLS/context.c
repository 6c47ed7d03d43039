#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tls_internal.h"

/* ALPN's list form, RFC 7301 section 3.1: each name behind its length. */
static const unsigned char protocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/* Called by OpenSSL for every ticket (TLS 1.3) and every full handshake (TLS 1.2). Returns 1 when
 * it takes `fresh` over. */
static int keep_session(SSL *ssl, SSL_SESSION *fresh) {
    ar_tls_t *tls = SSL_get_app_data(ssl);
    if (tls->session == NULL) {
        return 0;
    }
    SSL_SESSION_free(tls->session->newest);
    tls->session->newest = fresh;
    return 1;
}

static bool configure(SSL_CTX *ssl) {
    /* The machine's openssl.cnf may ask for more than TLS 1.2, never for less. */
    if (SSL_CTX_get_min_proto_version(ssl) < TLS1_2_VERSION &&
        SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) != 1) {
        return false;
    }
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    /* AUTO_RETRY: a read that asks for input has used up all of it (tickets come between data). */
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ssl, keep_session);
    return SSL_CTX_set_alpn_protos(ssl, protocols, sizeof protocols) == 0;
}

static bool trust(SSL_CTX *ssl, const char *ca_file, char *reason, size_t reason_size) {
    if (ca_file == NULL) {
        if (SSL_CTX_set_default_verify_paths(ssl) == 1) {
            return true;
        }
        snprintf(reason, reason_size, "the system's trust store cannot be read");
        return false;
    }
    if (SSL_CTX_load_verify_file(ssl, ca_file) == 1) {
        /* What the file lists is trusted, be it an intermediate or a server's own certificate. */
        X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ssl), X509_V_FLAG_PARTIAL_CHAIN);
        return true;
    }
    unsigned long error = ERR_peek_error();
    if (ERR_SYSTEM_ERROR(error)) {
        snprintf(reason, reason_size, "%s: %s", ca_file, strerror(ERR_GET_REASON(error)));
    } else {
        snprintf(reason, reason_size, "%s: holds no readable PEM certificate", ca_file);
    }
    return false;
}

ar_tls_context_t *ar_tls_context_create(const char *ca_file, char *reason, size_t reason_size) {
    snprintf(reason, reason_size, "TLS cannot be set up: memory is short");
    ERR_clear_error();
    ar_tls_context_t *context = calloc(1, sizeof *context);
    BIO_METHOD *bio = ar_tls_bio_method_create();
    SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());
    if (context == NULL || bio == NULL || ssl == NULL || !configure(ssl) ||
        !trust(ssl, ca_file, reason, reason_size)) {
        SSL_CTX_free(ssl);
        BIO_meth_free(bio);
        free(context);
        ERR_clear_error();
        return NULL;
    }
    snprintf(reason, reason_size, "%s", "");
    context->ssl = ssl;
    context->bio = bio;
    atomic_init(&context->references, 1);
    return context;
}

void ar_tls_context_retain(ar_tls_context_t *context) {
    atomic_fetch_add_explicit(&context->references, 1, memory_order_relaxed);
}

void ar_tls_context_release(ar_tls_context_t *context) {
    if (context == NULL ||
        atomic_fetch_sub_explicit(&context->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->bio);
    free(context);
}

ar_tls_session_t *ar_tls_session_create(void) { return calloc(1, sizeof(ar_tls_session_t)); }

void ar_tls_session_free(ar_tls_session_t *session) {
    if (session == NULL) {
        return;
    }
    SSL_SESSION_free(session->newest);
    free(session);
}
