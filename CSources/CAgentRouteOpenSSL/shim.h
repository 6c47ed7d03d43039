/* The system OpenSSL 3. See docs/adr/0004-openssl.md. */
#include <openssl/ssl.h>
