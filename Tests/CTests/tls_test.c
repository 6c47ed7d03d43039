/* The life of a TLS connection, from its handshake to its end, against an OpenSSL server in this
 * process. Whom it trusts is tls_trust_test.c's. */
#include "tls_peer.h"

static ar_tls_context_t *context; /* trusts the tests' root */

static void test_byte_by_byte(int version) {
    check_that("a handshake fed one byte at a time completes");
    SSL_CTX *server = server_speaking("chained", version);
    tls_link_t link;
    const unsigned char *protocol = NULL;
    unsigned int size = 0;

    link_open(&link, context, server, HOST, NULL);
    link.piece = 1;
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    CHECK(link.established && SSL_is_init_finished(link.server));
    CHECK(SSL_version(link.server) == version);
    CHECK(ar_tls_resumed(link.client) == 0);
    CHECK(same(SSL_get_servername(link.server, TLSEXT_NAMETYPE_host_name), HOST));
    SSL_get0_alpn_selected(link.server, &protocol, &size);
    CHECK(size == 8 && memcmp(protocol, "http/1.1", 8) == 0);
    CHECK(same(ar_tls_reason(link.client), ""));

    CHECK(SSL_write(link.server, "hello", 5) == 5);
    CHECK(link_pump(&link) == AR_TLS_WANT_INPUT && client_received(&link, "hello", 5));
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_large_transfer(int version) {
    check_that("a mebibyte arrives whole, both ways");
    enum { size = 1 << 20 };
    SSL_CTX *server = server_speaking("server", version);
    uint8_t *bytes = malloc(size);
    tls_link_t link;

    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    }
    link_open(&link, context, server, HOST, NULL);
    link.piece = 1459;
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    CHECK(ar_tls_write(link.client, bytes, 0) == AR_TLS_OK);
    CHECK(ar_tls_write(link.client, bytes, size) == AR_TLS_OK);
    CHECK(server_reads(&link, bytes, size));
    CHECK(SSL_write(link.server, bytes, size) == size);
    CHECK(link_pump(&link) == AR_TLS_WANT_INPUT && client_received(&link, bytes, size));
    link_close(&link);
    free(bytes);
    SSL_CTX_free(server);
}

static void test_partial_record(void) {
    check_that("half a record is consumed and yields its text when the rest comes");
    SSL_CTX *server = server_speaking("server", 0);
    tls_link_t link;
    uint8_t record[256];

    link_open(&link, context, server, HOST, NULL);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    for (size_t cut = 1; cut < 30; cut++) {
        size_t before = link.received_count;
        CHECK(SSL_write(link.server, "split record", 12) == 12);
        size_t count = link_take(&link, record, sizeof record);
        CHECK(count > 30);
        CHECK(link_feed(&link, record, cut) == AR_TLS_WANT_INPUT);
        CHECK(link.received_count == before);
        CHECK(link_feed(&link, record + cut, count - cut) == AR_TLS_WANT_INPUT);
        CHECK(link.received_count == before + 12);
    }
    link_close(&link);
    SSL_CTX_free(server);
}

static int give_large_tickets(SSL *ssl, void *unused) {
    static const uint8_t data[3000];
    (void)unused;
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), data, sizeof data);
}

/* Takes the client through the handshake and the server's first 700 bytes of tickets, which end in
 * the middle of one; the rest of them goes to `rest`. Returns its size. */
static size_t open_amid_a_ticket(tls_link_t *link, SSL_CTX *server, uint8_t *rest,
                                 size_t capacity) {
    uint8_t start[700];

    link_open(link, context, server, HOST, NULL);
    CHECK(link_drain(link) == AR_TLS_WANT_INPUT);
    SSL_do_handshake(link->server);
    CHECK(link_pump(link) == AR_TLS_WANT_INPUT && link->established);
    SSL_do_handshake(link->server);
    CHECK(link_take(link, start, sizeof start) == sizeof start);
    CHECK(link_feed(link, start, sizeof start) == AR_TLS_WANT_INPUT);
    return link_take(link, rest, capacity);
}

static void test_writing_amid_a_ticket(void) {
    check_that("what is written amid a ticket is sent, in order, when the ticket is complete");
    SSL_CTX *server = server_speaking("server", TLS1_3_VERSION);
    tls_link_t link;
    uint8_t rest[20000];

    SSL_CTX_set_max_send_fragment(server, 512);
    SSL_CTX_set_session_ticket_cb(server, give_large_tickets, NULL, NULL);
    size_t count = open_amid_a_ticket(&link, server, rest, sizeof rest);
    if (CHECK(count > 3000)) {
        size_t pending = BIO_ctrl_pending(link.to_server);
        CHECK(ar_tls_write(link.client, (const uint8_t *)"GET ", 4) == AR_TLS_OK);
        CHECK(ar_tls_write(link.client, (const uint8_t *)"/path", 5) == AR_TLS_OK);
        link.piece = 100;
        CHECK(link_feed(&link, rest, 1000) == AR_TLS_WANT_INPUT);
        CHECK(BIO_ctrl_pending(link.to_server) == pending);
        ar_tls_feed(link.client, rest + 1000, count - 1000);
        CHECK(ar_tls_write(link.client, (const uint8_t *)" HTTP/1.1", 9) == AR_TLS_OK);
        CHECK(link_drain(&link) == AR_TLS_WANT_INPUT);
        CHECK(ar_tls_write(link.client, (const uint8_t *)"\r\n", 2) == AR_TLS_OK);
        CHECK(server_reads(&link, (const uint8_t *)"GET /path HTTP/1.1\r\n", 20));
    }
    link_close(&link);

    check_that("a connection freed amid a ticket frees what it held");
    open_amid_a_ticket(&link, server, rest, sizeof rest);
    CHECK(ar_tls_write(link.client, rest, sizeof rest) == AR_TLS_OK);
    link_close(&link);

    check_that("a send callback that fails on what was held ends the connection");
    count = open_amid_a_ticket(&link, server, rest, sizeof rest);
    CHECK(ar_tls_write(link.client, (const uint8_t *)"GET ", 4) == AR_TLS_OK);
    link.sends_allowed = 0;
    CHECK(link_feed(&link, rest, count) == AR_TLS_FAILED);
    CHECK(same(ar_tls_reason(link.client), "connection broke while sending"));
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_renegotiation(void) {
    check_that("a server that asks for renegotiation is told no");
    SSL_CTX *server = server_speaking("server", TLS1_2_VERSION);
    tls_link_t link;
    char *answer = NULL;

    link_open(&link, context, server, HOST, NULL);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    CHECK(SSL_renegotiate(link.server) == 1 && SSL_do_handshake(link.server) == 1);
    CHECK(link_pump(&link) == AR_TLS_WANT_INPUT);
    CHECK(BIO_get_mem_data(link.to_server, &answer) > 0 && answer[0] == SSL3_RT_ALERT);
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_key_update(void) {
    check_that("a change of keys asked for by the server passes unseen");
    SSL_CTX *server = server_speaking("server", TLS1_3_VERSION);
    tls_link_t link;

    link_open(&link, context, server, HOST, NULL);
    link.piece = 1;
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    CHECK(SSL_key_update(link.server, SSL_KEY_UPDATE_REQUESTED) == 1);
    CHECK(SSL_write(link.server, "new keys", 8) == 8);
    CHECK(link_pump(&link) == AR_TLS_WANT_INPUT && client_received(&link, "new keys", 8));
    CHECK(ar_tls_write(link.client, (const uint8_t *)"mine too", 8) == AR_TLS_OK);
    CHECK(server_reads(&link, (const uint8_t *)"mine too", 8));
    link_close(&link);
    SSL_CTX_free(server);
}

/* Connects once over `session` and says whether the handshake resumed. */
static bool connects_resumed(SSL_CTX *server, ar_tls_session_t *session, bool orderly) {
    tls_link_t link;
    link_open(&link, context, server, HOST, session);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT && link.established);
    CHECK(SSL_write(link.server, "hello", 5) == 5 && link_pump(&link) == AR_TLS_WANT_INPUT);
    CHECK(client_received(&link, "hello", 5));
    bool resumed = ar_tls_resumed(link.client) != 0;
    CHECK(resumed == (SSL_session_reused(link.server) == 1));
    if (orderly) {
        ar_tls_close_notify(link.client);
    }
    link_close(&link);
    return resumed;
}

static void test_resumption(int version) {
    SSL_CTX *server = server_speaking("server", version);
    SSL_CTX *stranger = server_speaking("server", version);
    ar_tls_session_t *session = ar_tls_session_create();

    check_that("the second connection resumes the session");
    CHECK(!connects_resumed(server, session, true));
    CHECK(connects_resumed(server, session, true));
    check_that("a connection that was cut leaves its session usable");
    CHECK(connects_resumed(server, session, false));
    CHECK(connects_resumed(server, session, false));
    check_that("a server that has lost the session gets a full handshake");
    CHECK(!connects_resumed(stranger, session, true));
    CHECK(connects_resumed(stranger, session, true));
    check_that("a connection without a slot resumes nothing");
    CHECK(!connects_resumed(server, NULL, true));
    ar_tls_session_free(session);
    SSL_CTX_free(server);
    SSL_CTX_free(stranger);
}

static void test_ticket_used_once(void) {
    check_that("a TLS 1.3 ticket is offered once");
    SSL_CTX *server = server_speaking("server", TLS1_3_VERSION);
    ar_tls_session_t *session = ar_tls_session_create();
    tls_link_t first, second;

    CHECK(!connects_resumed(server, session, true));
    link_open(&first, context, server, HOST, session);
    link_open(&second, context, server, HOST, session);
    CHECK(link_drain(&first) == AR_TLS_WANT_INPUT && link_drain(&second) == AR_TLS_WANT_INPUT);
    CHECK(link_handshake(&first) == AR_TLS_WANT_INPUT);
    CHECK(link_handshake(&second) == AR_TLS_WANT_INPUT);
    CHECK(ar_tls_resumed(first.client) == 1);
    CHECK(ar_tls_resumed(second.client) == 0);
    link_close(&first);
    link_close(&second);
    ar_tls_session_free(session);
    SSL_CTX_free(server);
}

static void test_closing(int version) {
    check_that("close_notify, and nothing else, is an orderly end");
    SSL_CTX *server = server_speaking("server", version);
    tls_link_t link;
    uint8_t plain[16];
    size_t count = 1;

    link_open(&link, context, server, HOST, NULL);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    CHECK(SSL_write(link.server, "last", 4) == 4);
    CHECK(link_pump(&link) == AR_TLS_WANT_INPUT);
    ar_tls_feed(link.client, NULL, 0);
    CHECK(ar_tls_read(link.client, plain, sizeof plain, &count) == AR_TLS_WANT_INPUT);
    CHECK(SSL_write(link.server, " words", 6) == 6);
    SSL_shutdown(link.server);
    CHECK(link_pump(&link) == AR_TLS_CLOSED && client_received(&link, "last words", 10));
    CHECK(ar_tls_read(link.client, plain, sizeof plain, &count) == AR_TLS_CLOSED && count == 0);

    check_that("our close_notify is sent once, also after the server's");
    size_t pending = BIO_ctrl_pending(link.to_server);
    ar_tls_close_notify(link.client);
    CHECK(BIO_ctrl_pending(link.to_server) > pending);
    pending = BIO_ctrl_pending(link.to_server);
    ar_tls_close_notify(link.client);
    CHECK(BIO_ctrl_pending(link.to_server) == pending);
    CHECK(SSL_read(link.server, plain, sizeof plain) == 0);
    CHECK(SSL_get_shutdown(link.server) & SSL_RECEIVED_SHUTDOWN);
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_half_close(void) {
    check_that("what the server still sends after our close_notify is read");
    SSL_CTX *server = server_speaking("server", 0);
    tls_link_t link;
    uint8_t record[256];

    link_open(&link, context, server, HOST, NULL);
    ar_tls_close_notify(link.client);
    CHECK(BIO_ctrl_pending(link.to_server) == 0);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    ar_tls_close_notify(link.client);
    CHECK(SSL_write(link.server, "late", 4) == 4);
    ar_tls_feed(link.client, record, link_take(&link, record, sizeof record));
    ar_tls_close_notify(link.client);
    CHECK(link_drain(&link) == AR_TLS_WANT_INPUT && client_received(&link, "late", 4));
    CHECK(ar_tls_write(link.client, (const uint8_t *)"more", 4) == AR_TLS_FAILED);
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_corrupt_record(int version) {
    check_that("a changed record fails and yields no text");
    SSL_CTX *server = server_speaking("server", version);
    ar_tls_session_t *session = ar_tls_session_create();
    tls_link_t link;
    uint8_t record[256];

    link_open(&link, context, server, HOST, session);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    CHECK(SSL_write(link.server, "hello", 5) == 5);
    size_t count = link_take(&link, record, sizeof record);
    record[count - 1] ^= 1;
    CHECK(link_feed(&link, record, count) == AR_TLS_FAILED && link.received_count == 0);
    CHECK(same(ar_tls_reason(link.client), "a record from the server is corrupt"));
    CHECK(ar_tls_write(link.client, record, 1) == AR_TLS_FAILED);
    size_t pending = BIO_ctrl_pending(link.to_server);
    ar_tls_close_notify(link.client);
    CHECK(BIO_ctrl_pending(link.to_server) == pending);
    link_close(&link);
    check_that("a session is not resumed after a failure");
    CHECK(!connects_resumed(server, session, true));
    ar_tls_session_free(session);
    SSL_CTX_free(server);
}

static void test_send_fails(void) {
    check_that("a send callback that fails ends the connection");
    SSL_CTX *server = server_speaking("server", 0);
    tls_link_t link;

    link_open(&link, context, server, HOST, NULL);
    link.sends_allowed = 0;
    CHECK(link_handshake(&link) == AR_TLS_FAILED);
    CHECK(same(ar_tls_reason(link.client), "connection broke while sending"));
    link_close(&link);

    link_open(&link, context, server, HOST, NULL);
    CHECK(link_handshake(&link) == AR_TLS_WANT_INPUT);
    link.sends_allowed = 1;
    static const uint8_t bytes[40000];
    CHECK(ar_tls_write(link.client, bytes, sizeof bytes) == AR_TLS_FAILED);
    CHECK(same(ar_tls_reason(link.client), "connection broke while sending"));
    CHECK(ar_tls_write(link.client, bytes, 1) == AR_TLS_FAILED);
    ar_tls_close_notify(link.client);
    CHECK(link.sends_refused == 1);
    link_close(&link);
    SSL_CTX_free(server);
}

static void test_out_of_order(void) {
    check_that("no text passes before the handshake is complete");
    SSL_CTX *server = server_speaking("server", 0);
    tls_link_t link;
    uint8_t plain[16];
    size_t count = 1;

    link_open(&link, context, server, HOST, NULL);
    CHECK(ar_tls_write(link.client, plain, 1) == AR_TLS_FAILED);
    CHECK(BIO_ctrl_pending(link.to_server) == 0);
    link_close(&link);
    link_open(&link, context, server, HOST, NULL);
    CHECK(ar_tls_read(link.client, plain, sizeof plain, &count) == AR_TLS_FAILED && count == 0);
    link_close(&link);
    SSL_CTX_free(server);
}

int main(void) {
    if (!CHECK(certs_make())) {
        return check_end();
    }
    context = trusting("ca");
    int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < 2; i++) {
        test_byte_by_byte(versions[i]);
        test_large_transfer(versions[i]);
        test_resumption(versions[i]);
        test_closing(versions[i]);
        test_corrupt_record(versions[i]);
    }
    test_partial_record();
    test_writing_amid_a_ticket();
    test_renegotiation();
    test_key_update();
    test_ticket_used_once();
    test_half_close();
    test_send_fails();
    test_out_of_order();
    ar_tls_context_release(context);
    certs_remove();
    return check_end();
}
