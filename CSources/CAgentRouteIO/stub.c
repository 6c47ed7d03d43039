#include "CAgentRouteIO.h"
