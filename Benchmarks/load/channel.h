#ifndef BENCH_CHANNEL_H
#define BENCH_CHANNEL_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <sys/types.h>

/* One accepted socket of the source, plain or behind TLS. */
typedef struct {
    int fd;
    SSL *ssl; /* NULL for plain */
} bench_channel_t;

/* A server context with the certificate and key of the PEM file `path`. */
SSL_CTX *bench_channel_context(const char *path);

/* Takes over `fd`. `context` is NULL for plain. */
bench_channel_t bench_channel_open(int fd, SSL_CTX *context);

/* As read(2) and write(2) on a non-blocking socket, the handshake included: -1 when the channel
 * cannot go on now, 0 from a read at the peer's end, -2 when it is broken. */
ssize_t bench_channel_read(bench_channel_t *channel, void *bytes, size_t capacity);
ssize_t bench_channel_write(bench_channel_t *channel, const void *bytes, size_t count);

/* Closes the socket and frees what belongs to it. */
void bench_channel_close(bench_channel_t *channel);

#endif
