/* yyjson, its external symbols renamed. */
#include "../include/CAgentRouteYYJSONRename.h"

#include "../yyjson/yyjson.c"
