/* llhttp: message framing, its external symbols renamed. */
#include "../include/CAgentRouteLLHTTPRename.h"

#include "../llhttp/http.c"
