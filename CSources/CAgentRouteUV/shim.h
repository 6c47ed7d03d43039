/* The system libuv. See docs/adr/0001-libuv.md. */
#include <uv.h>
