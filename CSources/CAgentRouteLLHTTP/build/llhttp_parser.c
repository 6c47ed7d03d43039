/* llhttp: the generated parser, its external symbols renamed. */
#include "../include/CAgentRouteLLHTTPRename.h"

#include "../llhttp/llhttp.c"
