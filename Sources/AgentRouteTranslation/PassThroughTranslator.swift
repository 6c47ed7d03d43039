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
            ? .splice(PassThroughSplicer(wire: wire, model: upstream.model)) : nil
    }
}

/// Replaces the name of the model by span.
struct PassThroughSplicer: BodySplicer {
    let wire: Wire
    let model: String

    /// Gemini names its model in the path: a member of its body called `model` is none of ours.
    func edit(
        _ request: JSONScanner.TopLevel, inserting inserted: inout ByteWriter
    ) -> Range<Int>? {
        guard wire != .gemini, let name = request.model, request.modelIsString else { return nil }
        JSONString.encode(model, into: &inserted)
        return name
    }
}
