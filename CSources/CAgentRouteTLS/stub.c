#include "CAgentRouteTLS.h"
