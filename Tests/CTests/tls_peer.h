/* The TLS tests' other end: an OpenSSL server over memory BIOs in this process, joined to an
 * ar_tls_t by a link that hands bytes over in pieces of any size. */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "CAgentRouteTLS.h"
#include "check.h"

#define HOST "api.example.com" /* a name of most certificates */

static char certs[64]; /* the directory that make-certs filled */

/* Fills `certs`. The script stands beside this file. */
static inline bool certs_make(void) {
    char command[PATH_MAX];
    const char *slash = strrchr(__FILE__, '/');
    int directory = slash != NULL ? (int)(slash - __FILE__) : 1;

    snprintf(certs, sizeof certs, "/tmp/agentroute-certs-XXXXXX");
    if (mkdtemp(certs) == NULL) {
        return false;
    }
    snprintf(command, sizeof command, "'%.*s/make-certs' %s", directory,
             slash != NULL ? __FILE__ : ".", certs);
    return system(command) == 0;
}

static inline void certs_remove(void) {
    char command[sizeof certs + 16];
    snprintf(command, sizeof command, "rm -rf %s", certs);
    if (system(command) != 0) {
        fprintf(stderr, "%s is left behind\n", certs);
    }
}

/* The path of NAME.pem; valid until the next call. */
static inline const char *cert_path(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s.pem", certs, name);
    return path;
}

/* Whether two strings are there and the same. */
static inline bool same(const char *left, const char *right) {
    return left != NULL && right != NULL && strcmp(left, right) == 0;
}

/* A context that trusts NAME.pem. */
static inline ar_tls_context_t *trusting(const char *name) {
    char reason[256];
    ar_tls_context_t *context = ar_tls_context_create(cert_path(name), reason, sizeof reason);
    if (!CHECK(context != NULL)) {
        fprintf(stderr, "%s\n", reason);
    }
    return context;
}

static inline int select_http(SSL *ssl, const unsigned char **out, unsigned char *out_size,
                              const unsigned char *offered, unsigned int count, void *unused) {
    static const unsigned char known[] = "\x08http/1.1";
    (void)ssl;
    (void)unused;
    return SSL_select_next_proto((unsigned char **)out, out_size, known, sizeof known - 1, offered,
                                 count) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* A server with the certificate NAME.pem that speaks `version` and no other, or any when 0. */
static inline SSL_CTX *server_speaking(const char *name, int version) {
    SSL_CTX *server = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_security_level(server, 0);
    SSL_CTX_set_min_proto_version(server, version);
    SSL_CTX_set_max_proto_version(server, version);
    SSL_CTX_set_alpn_select_cb(server, select_http, NULL);
    CHECK(SSL_CTX_use_certificate_chain_file(server, cert_path(name)) == 1);
    CHECK(SSL_CTX_use_PrivateKey_file(server, cert_path(name), SSL_FILETYPE_PEM) == 1);
    return server;
}

typedef struct {
    ar_tls_t *client;
    SSL *server;
    BIO *to_server, *to_client; /* the server's */
    size_t piece;               /* the most that the client is fed at once */
    size_t sends_allowed;       /* the send callback fails after as many */
    size_t sends_refused;       /* how often it has failed */
    bool established;           /* the client's handshake is complete */
    uint8_t *received;          /* what the client has decrypted */
    size_t received_count;
} tls_link_t;

static inline int link_send(void *ctx, const uint8_t *bytes, size_t count) {
    tls_link_t *link = ctx;
    if (link->sends_allowed == 0) {
        link->sends_refused++;
        return -1;
    }
    link->sends_allowed--;
    return BIO_write(link->to_server, bytes, (int)count) == (int)count ? 0 : -1;
}

/* A new connection of `server`, without its client. */
static inline void link_serve(tls_link_t *link, SSL_CTX *server) {
    *link = (tls_link_t){.piece = SIZE_MAX, .sends_allowed = SIZE_MAX};
    link->server = SSL_new(server);
    link->to_server = BIO_new(BIO_s_mem());
    link->to_client = BIO_new(BIO_s_mem());
    SSL_set_bio(link->server, link->to_server, link->to_client);
    SSL_set_accept_state(link->server);
}

/* Joins a client for `host` to a new connection of `server`. */
static inline void link_open(tls_link_t *link, ar_tls_context_t *context, SSL_CTX *server,
                             const char *host, ar_tls_session_t *session) {
    link_serve(link, server);
    link->client = ar_tls_create(context, host, session, link_send, link);
    CHECK(link->client != NULL);
}

static inline void link_close(tls_link_t *link) {
    ar_tls_free(link->client);
    SSL_free(link->server);
    free(link->received);
}

/* Handshakes and reads until the client wants input or has ended. */
static inline ar_tls_status_t link_drain(tls_link_t *link) {
    if (!link->established) {
        ar_tls_status_t status = ar_tls_handshake(link->client);
        if (status != AR_TLS_OK) {
            return status;
        }
        link->established = true;
    }
    for (;;) {
        uint8_t plain[5000];
        size_t count = 0;
        ar_tls_status_t status = ar_tls_read(link->client, plain, sizeof plain, &count);
        if (status != AR_TLS_OK) {
            CHECK(count == 0);
            return status;
        }
        link->received = realloc(link->received, link->received_count + count);
        memcpy(link->received + link->received_count, plain, count);
        link->received_count += count;
    }
}

/* Feeds the client, each piece in memory of its own that is gone once the client wants more: a
 * sanitizer sees a byte read too late. */
static inline ar_tls_status_t link_feed(tls_link_t *link, const uint8_t *bytes, size_t count) {
    ar_tls_status_t status = AR_TLS_WANT_INPUT;
    while (count > 0 && status == AR_TLS_WANT_INPUT) {
        size_t size = count < link->piece ? count : link->piece;
        uint8_t *piece = malloc(size);
        memcpy(piece, bytes, size);
        /* What other code has left in this thread's error queue must not count. */
        ERR_raise(ERR_LIB_USER, ERR_R_INTERNAL_ERROR);
        ar_tls_feed(link->client, piece, size);
        status = link_drain(link);
        free(piece);
        bytes += size;
        count -= size;
    }
    return status;
}

/* Takes what the server has to send, at most `capacity`. */
static inline size_t link_take(tls_link_t *link, uint8_t *bytes, size_t capacity) {
    int count = BIO_read(link->to_client, bytes, (int)capacity);
    return count > 0 ? (size_t)count : 0;
}

/* Hands over all that the server has to send. */
static inline ar_tls_status_t link_pump(tls_link_t *link) {
    uint8_t bytes[20000];
    ar_tls_status_t status = AR_TLS_WANT_INPUT;
    size_t count;
    while (status == AR_TLS_WANT_INPUT && (count = link_take(link, bytes, sizeof bytes)) > 0) {
        status = link_feed(link, bytes, count);
    }
    return status;
}

/* Runs the handshake: AR_TLS_WANT_INPUT when it is complete (and tickets, if any, are read). */
static inline ar_tls_status_t link_handshake(tls_link_t *link) {
    ar_tls_status_t status = link_drain(link);
    while (status == AR_TLS_WANT_INPUT) {
        SSL_do_handshake(link->server);
        if (BIO_ctrl_pending(link->to_client) == 0) {
            break;
        }
        status = link_pump(link);
    }
    return status;
}

/* Reads `count` bytes at the server and says whether they are `expected`. */
static inline bool server_reads(tls_link_t *link, const uint8_t *expected, size_t count) {
    uint8_t *plain = malloc(count);
    size_t total = 0, part = 0;
    while (total < count && SSL_read_ex(link->server, plain + total, count - total, &part) == 1) {
        total += part;
    }
    bool same = total == count && memcmp(plain, expected, count) == 0;
    free(plain);
    return same;
}

static inline bool client_received(const tls_link_t *link, const void *expected, size_t count) {
    return link->received_count == count && memcmp(link->received, expected, count) == 0;
}

#endif
