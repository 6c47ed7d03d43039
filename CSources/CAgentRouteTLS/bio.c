#include <openssl/bio.h>
#include <string.h>

#include "tls_internal.h"

static int bio_read(BIO *bio, char *into, size_t capacity, size_t *count) {
    ar_tls_t *tls = BIO_get_data(bio);
    size_t taken = tls->input_count < capacity ? tls->input_count : capacity;

    BIO_clear_retry_flags(bio);
    *count = taken;
    if (taken == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    memcpy(into, tls->input, taken);
    tls->input += taken;
    tls->input_count -= taken;
    return 1;
}

/* Takes everything or fails, so that OpenSSL never has half a record to retry. A callback that has
 * failed is not called again. */
static int bio_write(BIO *bio, const char *bytes, size_t count, size_t *written) {
    ar_tls_t *tls = BIO_get_data(bio);

    BIO_clear_retry_flags(bio);
    *written = 0;
    if (tls->send_failed || tls->send(tls->send_ctx, (const uint8_t *)bytes, count) != 0) {
        tls->send_failed = true;
        return 0;
    }
    *written = count;
    return 1;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer) {
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD *ar_tls_bio_method_create(void) {
    /* No index of its own: BIO_get_new_index hands out 127 in a process and takes none back. */
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "agentroute");
    if (method == NULL) {
        return NULL;
    }
    BIO_meth_set_read_ex(method, bio_read);
    BIO_meth_set_write_ex(method, bio_write);
    BIO_meth_set_ctrl(method, bio_ctrl);
    return method;
}
