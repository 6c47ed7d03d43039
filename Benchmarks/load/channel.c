#include "channel.h"

#include "common.h"

#include <errno.h>
#include <openssl/err.h>
#include <unistd.h>

SSL_CTX *bench_channel_context(const char *path) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context || SSL_CTX_use_certificate_chain_file(context, path) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1)
        bench_fail("no certificate with its key in %s", path);
    // A repeated write after a full socket comes from another buffer.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    return context;
}

bench_channel_t bench_channel_open(int fd, SSL_CTX *context) {
    bench_channel_t channel = {.fd = fd, .ssl = NULL};
    if (!context) return channel;
    channel.ssl = SSL_new(context);
    if (!channel.ssl || SSL_set_fd(channel.ssl, fd) != 1) bench_fail("no TLS connection");
    SSL_set_accept_state(channel.ssl);
    return channel;
}

static ssize_t plain(ssize_t count) {
    if (count >= 0) return count;
    return errno == EAGAIN || errno == EINTR ? -1 : -2;
}

static ssize_t secured(SSL *ssl, int count) {
    if (count > 0) return count;
    int reason = SSL_get_error(ssl, count);
    ERR_clear_error();
    if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) return -1;
    return reason == SSL_ERROR_ZERO_RETURN ? 0 : -2;
}

ssize_t bench_channel_read(bench_channel_t *channel, void *bytes, size_t capacity) {
    if (!channel->ssl) return plain(read(channel->fd, bytes, capacity));
    return secured(channel->ssl, SSL_read(channel->ssl, bytes, (int)capacity));
}

ssize_t bench_channel_write(bench_channel_t *channel, const void *bytes, size_t count) {
    if (!channel->ssl) return plain(write(channel->fd, bytes, count));
    return secured(channel->ssl, SSL_write(channel->ssl, bytes, (int)count));
}

void bench_channel_close(bench_channel_t *channel) {
    SSL_free(channel->ssl);
    close(channel->fd);
    channel->fd = -1;
}
