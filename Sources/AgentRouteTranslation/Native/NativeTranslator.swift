package import AgentRouteWire

/// Any wire to any other: the client's codec and the upstream's over one ``Conversation``.
package struct NativeTranslator: Translator {
    package let wire: Wire

    /// The translator of clients that speak `wire`.
    package init(wire: Wire) {
        self.wire = wire
    }

    package func handler(upstream: Upstream) -> RequestHandler? {
        guard upstream.wire != wire, let client = Codecs.of(wire),
            let provider = Codecs.of(upstream.wire)
        else { return nil }
        return .translate(NativeHandler(client: client, provider: provider, upstream: upstream))
    }
}

/// One exchange between two wires.
package struct NativeHandler: Sendable {
    let client: any Codec
    let provider: any Codec
    /// The provider's side.
    package let upstream: Upstream

    init(client: any Codec, provider: any Codec, upstream: Upstream) {
        self.client = client
        self.provider = provider
        self.upstream = upstream
    }

    /// What counts the tokens of requests in `wire`, which `upstream` speaks but does not count; nil
    /// for a wire this version does not speak.
    package init?(counting wire: Wire, for upstream: Upstream) {
        guard let codec = Codecs.of(wire) else { return nil }
        self.init(client: codec, provider: codec, upstream: upstream)
    }

    /// Reads the client's request and writes the provider's. Takes about 10 ns a byte: any thread.
    ///
    /// - Parameters:
    ///   - body: The client's body.
    ///   - call: What its request line says.
    ///   - isStrict: Whether a loss is a fault.
    /// - Throws: What is wrong with the request, or, if strict, with sending it to this provider.
    package func translate(
        _ body: [UInt8], _ call: RequestCall, isStrict: Bool
    ) throws(RequestFault) -> TranslatedRequest {
        let value: JSONValue
        do throws(JSONSyntaxError) {
            value = try JSONValue.parse(body)
        } catch {
            throw RequestFault("", "the request body is not valid JSON: \(error)")
        }
        let conversation = try client.decodeRequest(value, call)
        var lowering = Lowering(upstream)
        let lowered = lowering.lower(conversation)
        let request = provider.encodeRequest(lowered, for: upstream, lost: &lowering.lost)
        // The text is cut off here at what the provider cannot be told to stop at.
        let isCutHere = lowering.lost.remove("stop_sequences")
        if isStrict, !lowering.lost.list.isEmpty {
            let names = lowering.lost.list.map(\.name).joined(separator: ", ")
            throw RequestFault(
                lowering.lost.list[0].name,
                "cannot be expressed to provider \(upstream.id), and its configuration is strict "
                    + "(lost: \(names))")
        }
        let count = call.countsTokens ? provider.encodeCount(request, for: upstream) : nil
        return TranslatedRequest(
            handler: self, conversation: conversation, tools: lowering.tools,
            body: (count ?? request).serialized(), countsAtProvider: count != nil,
            degradations: lowering.lost.list,
            stopSequences: isCutHere ? conversation.sampling.stopSequences : [],
            features: TokenFeatures(lowered))
    }

    /// The client's form of a provider's error.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - body: The error's body.
    package func failure(status: Int, body: [UInt8]) -> ProviderFailure {
        provider.decodeFailure(
            status: status, body: try? JSONValue.parse(body),
            text: String(decoding: body.prefix(8 << 10), as: UTF8.self))
    }

    /// The JSON body that tells the client of `failure`.
    package func body(of failure: ProviderFailure, requestID: String) -> JSONValue {
        client.encodeFailure(failure, requestID: requestID)
    }

    /// The count in the answer of the provider's own counter; nil if there is none.
    package func count(_ body: [UInt8]) -> Int? {
        (try? JSONValue.parse(body)).flatMap { provider.decodeCount($0) }
    }

    /// The answer to a client that asked for a count.
    package func body(ofCount tokens: Int) -> JSONValue {
        client.encodeCountAnswer(tokens)
    }
}

/// A request as the provider gets it, and what is needed to translate the answer.
package struct TranslatedRequest: Sendable {
    let handler: NativeHandler
    let conversation: Conversation
    let tools: ToolMap
    /// The provider's body.
    package let body: [UInt8]
    /// The body is one for the provider's own token counter.
    package let countsAtProvider: Bool
    /// What could not be expressed.
    package let degradations: [Degradation]
    /// Texts that end the answer, of which the provider was not told.
    let stopSequences: [String]
    /// What the prompt is made of, for a count.
    package let features: TokenFeatures

    /// Whether the client wants a stream.
    package var streams: Bool { conversation.streams }
}
