// An embedder imports `AgentRouteCore` and has what its interface speaks of: the event loop and its
// errors, the wires and the token usage. Their own modules are no products.
@_exported public import AgentRouteIO
@_exported public import AgentRouteWire
