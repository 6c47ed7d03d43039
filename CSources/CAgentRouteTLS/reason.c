#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#include "tls_internal.h"

#define SAY(tls, ...) snprintf((tls)->reason, sizeof(tls)->reason, __VA_ARGS__)

static ar_tls_status_t explain_certificate(ar_tls_t *tls, long verdict) {
    switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        SAY(tls, "certificate is for another name than %s", tls->host);
        return AR_TLS_WRONG_HOST;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        SAY(tls, "certificate is self-signed");
        return AR_TLS_UNTRUSTED;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        SAY(tls, "certificate's issuer is not trusted");
        return AR_TLS_UNTRUSTED;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        SAY(tls, "certificate has expired");
        return AR_TLS_UNTRUSTED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        SAY(tls, "certificate is not valid yet");
        return AR_TLS_UNTRUSTED;
    default:
        SAY(tls, "certificate is not trusted: %s", X509_verify_cert_error_string(verdict));
        return AR_TLS_UNTRUSTED;
    }
}

/* The error to tell of: the first of the TLS layer, else the first of any. What stands before it
 * are libcrypto's inner causes, what follows are callers passing it on. */
static unsigned long take_error(void) {
    unsigned long first = ERR_peek_error();
    unsigned long error;
    while ((error = ERR_get_error()) != 0) {
        if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
            return error;
        }
    }
    return first;
}

static ar_tls_status_t explain_protocol(ar_tls_t *tls, unsigned long error) {
    const char *text = ERR_reason_error_string(error);
    int code = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;

    switch (code) {
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        SAY(tls, "server does not offer TLS 1.2 or newer");
        break;
    case SSL_R_WRONG_VERSION_NUMBER:
        SAY(tls, "server's answer is not TLS");
        break;
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        SAY(tls, "a record from the server is corrupt");
        break;
    default:
        if (code > SSL_AD_REASON_OFFSET) {
            SAY(tls, "server refused: %s", SSL_alert_desc_string_long(code - SSL_AD_REASON_OFFSET));
        } else {
            SAY(tls, "TLS failed: %s", text != NULL ? text : "no cause given");
        }
    }
    return AR_TLS_FAILED;
}

ar_tls_status_t ar_tls_explain(ar_tls_t *tls) {
    long verdict = SSL_get_verify_result(tls->ssl);
    if (verdict != X509_V_OK) {
        return explain_certificate(tls, verdict);
    }
    if (tls->send_failed) {
        SAY(tls, "connection broke while sending");
        return AR_TLS_FAILED;
    }
    return explain_protocol(tls, take_error());
}
