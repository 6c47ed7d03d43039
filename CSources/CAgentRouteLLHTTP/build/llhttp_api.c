/* llhttp: the API, its external symbols renamed. */
#include "../include/CAgentRouteLLHTTPRename.h"

#include "../llhttp/api.c"
