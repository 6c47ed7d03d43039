/* Whom a TLS connection trusts, and what it says of those whom it does not. */
#include "tls_peer.h"

static ar_tls_context_t *context; /* trusts the tests' root */

/* One handshake that must end as said; `reason` NULL when it must succeed. */
static void expect(ar_tls_context_t *trust, const char *certificate, const char *host,
                   ar_tls_status_t status, const char *reason) {
    SSL_CTX *server = server_speaking(certificate, 0);
    tls_link_t link;

    link_open(&link, trust, server, host, NULL);
    CHECK(link_handshake(&link) == status);
    if (!CHECK(same(ar_tls_reason(link.client), reason != NULL ? reason : ""))) {
        fprintf(stderr, "  %s for %s: \"%s\"\n", certificate, host, ar_tls_reason(link.client));
    }
    CHECK(link.established == (reason == NULL));
    if (reason != NULL) {
        CHECK(SSL_do_handshake(link.server) != 1);
        CHECK(ar_tls_write(link.client, (const uint8_t *)"secret", 6) == status);
        CHECK(ar_tls_handshake(link.client) == status);
    }
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_trust(void) {
    check_that("a certificate that leads to no trusted root is refused");
    expect(context, "stranger", HOST, AR_TLS_UNTRUSTED, "certificate's issuer is not trusted");
    expect(context, "self-signed", HOST, AR_TLS_UNTRUSTED, "certificate is self-signed");
    check_that("an expired certificate is refused");
    expect(context, "expired", HOST, AR_TLS_UNTRUSTED, "certificate has expired");

    check_that("what the CA file lists is trusted, root or not");
    ar_tls_context_t *intermediate = trusting("intermediate");
    ar_tls_context_t *itself = trusting("self-signed");
    expect(intermediate, "chained", HOST, AR_TLS_WANT_INPUT, NULL);
    expect(intermediate, "server", HOST, AR_TLS_UNTRUSTED, "certificate's issuer is not trusted");
    expect(itself, "self-signed", HOST, AR_TLS_WANT_INPUT, NULL);
    ar_tls_context_release(intermediate);
    ar_tls_context_release(itself);
}

static void test_host(void) {
    check_that("a certificate for another name is refused");
    expect(context, "server", "api.example.org", AR_TLS_WRONG_HOST,
           "certificate is for another name than api.example.org");
    expect(context, "server", "wild.example.com", AR_TLS_WRONG_HOST,
           "certificate is for another name than wild.example.com");
    expect(context, "server", "one.wild.example.com", AR_TLS_WANT_INPUT, NULL);
    check_that("a name in the subject alone does not count");
    expect(context, "cn-only", HOST, AR_TLS_WRONG_HOST,
           "certificate is for another name than " HOST);
    check_that("an address is checked as an address");
    expect(context, "server", "127.0.0.1", AR_TLS_WANT_INPUT, NULL);
    expect(context, "server", "::1", AR_TLS_WANT_INPUT, NULL);
    expect(context, "server", "127.0.0.2", AR_TLS_WRONG_HOST,
           "certificate is for another name than 127.0.0.2");
    check_that("an empty host does not switch the check off");
    CHECK(ar_tls_create(context, "", NULL, link_send, NULL) == NULL);
}

static void test_server_name(void) {
    check_that("an address is not sent as a server name");
    SSL_CTX *server = server_speaking("server", 0);
    tls_link_t link;
    link_open(&link, context, server, "127.0.0.1", NULL);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    CHECK(SSL_get_servername(link.server, TLSEXT_NAMETYPE_host_name) == NULL);
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_old_protocol(void) {
    check_that("a server of TLS 1.1 is refused");
    SSL_CTX *server = server_speaking("server", TLS1_1_VERSION);
    tls_link_t link;

    SSL_CTX_set_cipher_list(server, "ALL:@SECLEVEL=0");
    link_open(&link, context, server, HOST, NULL);
    CHECK(link_handshake(&link) == AR_TLS_FAILED);
    CHECK(same(ar_tls_reason(link.client), "server does not offer TLS 1.2 or newer"));
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_wrong_answers(void) {
    SSL_CTX *server = server_speaking("server", 0);
    static const char http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    static const uint8_t close_notify[] = {21, 3, 3, 0, 2, 1, 0};
    static const uint8_t refusal[] = {21, 3, 3, 0, 2, 2, 40};
    tls_link_t link;

    check_that("an answer that is not TLS is told as such");
    link_open(&link, context, server, HOST, NULL);
    CHECK(link_drain(&link) == AR_TLS_WANT_INPUT);
    CHECK(link_feed(&link, (const uint8_t *)http, sizeof http - 1) == AR_TLS_FAILED);
    CHECK(same(ar_tls_reason(link.client), "server's answer is not TLS"));
    link_close(&link);

    check_that("close_notify inside the handshake is a failure, not an orderly end");
    link_open(&link, context, server, HOST, NULL);
    CHECK(link_drain(&link) == AR_TLS_WANT_INPUT);
    CHECK(link_feed(&link, close_notify, sizeof close_notify) == AR_TLS_FAILED);
    CHECK(same(ar_tls_reason(link.client), "server closed TLS during the handshake"));
    link_close(&link);

    check_that("a server's refusal is named");
    link_open(&link, context, server, HOST, NULL);
    CHECK(link_drain(&link) == AR_TLS_WANT_INPUT);
    CHECK(link_feed(&link, refusal, sizeof refusal) == AR_TLS_FAILED);
    CHECK(same(ar_tls_reason(link.client), "server refused: handshake failure"));
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_unusable_ca_file(void) {
    check_that("a CA file that cannot be used is named");
    char reason[256], expected[256];
    snprintf(expected, sizeof expected, "%s: No such file or directory", cert_path("absent"));
    CHECK(ar_tls_context_create(cert_path("absent"), reason, sizeof reason) == NULL);
    CHECK(same(reason, expected));
    CHECK(ar_tls_context_create("/dev/null", reason, sizeof reason) == NULL);
    CHECK(same(reason, "/dev/null: holds no readable PEM certificate"));
    CHECK(ar_tls_context_create(cert_path("absent"), reason, 5) == NULL);
    CHECK(strlen(reason) == 4);
}

static void test_system_store(void) {
    check_that("without a CA file the system's trust store holds");
    char reason[256];
    setenv("SSL_CERT_FILE", cert_path("ca"), 1);
    setenv("SSL_CERT_DIR", certs, 1);
    ar_tls_context_t *system_store = ar_tls_context_create(NULL, reason, sizeof reason);
    CHECK(system_store != NULL && same(reason, ""));
    expect(system_store, "server", HOST, AR_TLS_WANT_INPUT, NULL);
    expect(system_store, "stranger", HOST, AR_TLS_UNTRUSTED, "certificate's issuer is not trusted");
    ar_tls_context_release(system_store);
}

static void test_context_lifetime(void) {
    check_that("a connection keeps its context alive");
    SSL_CTX *server = server_speaking("server", 0);
    ar_tls_context_t *brief = trusting("ca");
    tls_link_t link;
    ar_tls_context_retain(brief);
    link_open(&link, brief, server, HOST, NULL);
    ar_tls_context_release(brief);
    ar_tls_context_release(brief);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT && link.established);
    link_close(&link);
    SSL_CTX_free(server);
    ar_tls_context_release(NULL);
    ar_tls_session_free(NULL);
    ar_tls_free(NULL);
}

int main(void) {
    setenv("OPENSSL_CONF", "/dev/null", 1); /* the floor of TLS 1.2 is ours, not the machine's */
    if (!CHECK(certs_make())) {
        return check_end();
    }
    context = trusting("ca");
    test_trust();
    test_host();
    test_server_name();
    test_old_protocol();
    test_wrong_answers();
    test_unusable_ca_file();
    test_system_store();
    test_context_lifetime();
    ar_tls_context_release(context);
    certs_remove();
    return check_end();
}
