package import AgentRouteWire

/// Same wire, same bytes: of the request only the model's name changes, of the response nothing.
package struct PassThroughTranslator: Translator {
    package let wire: Wire

    /// The pass-through of `wire`.
    package init(wire: Wire) {
        self.wire = wire
    }

    package func handler(upstream: Upstream) -> RequestHandler? {
        upstream.wire == wire
            ? .splice(PassThroughSplicer(model: upstream.model, isInPath: wire == .gemini)) : nil
    }
}

/// Replaces the name of the model by span. Small enough to be held in place as a `BodySplicer`.
struct PassThroughSplicer: BodySplicer {
    let model: String
    /// The request names its model in the path, as Gemini's does: a member of its body called `model`
    /// is none of ours.
    let isInPath: Bool

    func edit(
        _ request: JSONScanner.TopLevel, inserting inserted: inout ByteWriter
    ) -> Range<Int>? {
        guard !isInPath, let name = request.model, request.modelIsString else { return nil }
        JSONString.encode(model, into: &inserted)
        return name
    }
}
