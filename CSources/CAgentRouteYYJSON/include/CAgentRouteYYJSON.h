/* yyjson under names of our own: every function, type and constant has the prefix `agentroute_`.
 * Swift writes it (`agentroute_yyjson_read_opts`, `agentroute_yyjson_obj_get`,
 * `agentroute_YYJSON_READ_NUMBER_AS_RAW`); C may write the library's names. Macros keep theirs
 * (`YYJSON_TYPE_NUM`). See docs/adr/0003-yyjson.md. */
#ifndef CAGENTROUTEYYJSON_H
#define CAGENTROUTEYYJSON_H

/* First: the library's declarations below must see the new names. */
#include "CAgentRouteYYJSONRename.h"

#include "../yyjson/yyjson.h"

#endif
