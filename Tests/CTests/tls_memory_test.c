/* What an idle TLS connection keeps. Every allocation of OpenSSL goes through a counter that tells
 * the client's from the server's. */
#include <malloc.h>
#include <stddef.h>

#include "tls_peer.h"

enum { limit = 40 * 1024 };

typedef struct {
    size_t size;
    bool counted;
    max_align_t block[];
} allocation_t;

static bool counting;
static size_t counted_bytes;

static void *counting_malloc(size_t size, const char *file, int line) {
    allocation_t *allocation = malloc(sizeof *allocation + size);
    (void)file;
    (void)line;
    if (allocation == NULL) {
        return NULL;
    }
    allocation->size = size;
    allocation->counted = counting;
    counted_bytes += counting ? size : 0;
    return allocation->block;
}

static void counting_free(void *block, const char *file, int line) {
    (void)file;
    (void)line;
    if (block == NULL) {
        return;
    }
    allocation_t *allocation = (allocation_t *)((char *)block - offsetof(allocation_t, block));
    counted_bytes -= allocation->counted ? allocation->size : 0;
    free(allocation);
}

static void *counting_realloc(void *block, size_t size, const char *file, int line) {
    void *fresh = counting_malloc(size, file, line);
    if (block == NULL || fresh == NULL) {
        return fresh;
    }
    allocation_t *old = (allocation_t *)((char *)block - offsetof(allocation_t, block));
    memcpy(fresh, block, old->size < size ? old->size : size);
    counting_free(block, file, line);
    return fresh;
}

/* What the server's side stores is not the client's. */
static int send_uncounted(void *ctx, const uint8_t *bytes, size_t count) {
    bool before = counting;
    counting = false;
    int result = link_send(ctx, bytes, count);
    counting = before;
    return result;
}

/* The handshake of link_handshake with the client's share counted. */
static void connect_counted(tls_link_t *link) {
    uint8_t bytes[20000];
    size_t count;
    do {
        counting = true;
        CHECK(link_drain(link) == AR_TLS_WANT_INPUT);
        counting = false;
        SSL_do_handshake(link->server);
        count = link_take(link, bytes, sizeof bytes);
        counting = true;
        CHECK(link_feed(link, bytes, count) == AR_TLS_WANT_INPUT);
        counting = false;
    } while (count > 0);
    CHECK(link->established && SSL_is_init_finished(link->server));
}

/* A request and a streamed answer of 256 KiB. */
static void exchange_counted(tls_link_t *link) {
    static uint8_t bytes[64 * 1024];
    counting = true;
    CHECK(ar_tls_write(link->client, bytes, sizeof bytes) == AR_TLS_OK);
    counting = false;
    CHECK(server_reads(link, bytes, sizeof bytes));
    for (int i = 0; i < 64; i++) {
        CHECK(SSL_write(link->server, bytes, 4096) == 4096);
        size_t count = link_take(link, bytes, sizeof bytes);
        counting = true;
        CHECK(link_feed(link, bytes, count) == AR_TLS_WANT_INPUT);
        counting = false;
        memset(bytes, 0, sizeof bytes);
    }
}

/* The bytes that one connection keeps, beside the context and its first use. */
static size_t idle_bytes(ar_tls_context_t *context, SSL_CTX *server) {
    ar_tls_session_t *session = ar_tls_session_create();
    tls_link_t link;
    size_t before = counted_bytes;

    link_serve(&link, server);
    counting = true;
    link.client = ar_tls_create(context, HOST, session, send_uncounted, &link);
    counting = false;
    connect_counted(&link);
    exchange_counted(&link);
    size_t kept = counted_bytes - before + malloc_usable_size(link.client);
    link_close(&link);
    ar_tls_session_free(session);
    return kept;
}

static void test_idle_memory(ar_tls_context_t *context, const char *certificate, int version) {
    SSL_CTX *server = server_speaking(certificate, version);
    idle_bytes(context, server); /* what OpenSSL sets up once is not a connection's */
    check_that("an idle connection keeps less than 40 KiB, its session included");
    size_t kept = idle_bytes(context, server);
    printf("%s, %s: %zu bytes\n", version == TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2", certificate,
           kept);
    CHECK(kept > sizeof(void *) && kept < limit);
    SSL_CTX_free(server);
}

int main(void) {
    if (!CHECK(CRYPTO_set_mem_functions(counting_malloc, counting_realloc, counting_free) == 1) ||
        !CHECK(certs_make())) {
        return check_end();
    }
    ar_tls_context_t *context = trusting("ca");
    test_idle_memory(context, "server", TLS1_2_VERSION);
    test_idle_memory(context, "server", TLS1_3_VERSION);
    test_idle_memory(context, "chained", TLS1_3_VERSION);
    ar_tls_context_release(context);
    certs_remove();
    return check_end();
}
