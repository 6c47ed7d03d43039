/* llhttp under names of our own: each function `llhttp_x` links as `agentroute_llhttp_x`.
 * C writes the library's names. See docs/adr/0002-llhttp.md. */
#ifndef CAGENTROUTELLHTTP_H
#define CAGENTROUTELLHTTP_H

/* First: the library's declarations below must see the new names. */
#include "CAgentRouteLLHTTPRename.h"

#include "../llhttp/llhttp.h"

#endif
