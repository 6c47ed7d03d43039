import AgentRouteTranslation
import AgentRouteWire

/// Writes the head of a translated request. Nothing of the client's head goes with it: its fields are
/// about another wire.
struct TranslatedHeadWriter {
    let plan: Exchange.Plan
    let request: TranslatedRequest

    /// The version of Anthropic's API that the codec writes; the vendor wants it named.
    private static let anthropicVersion = "2023-06-01"

    func write(into writer: inout ByteWriter) {
        writer.append("POST ")
        writer.append(path)
        writer.append(" HTTP/1.1\r\nhost: ")
        writer.append(plan.target.authority)
        writer.append("\r\n")
        writer.append(plan.lane.credentials)
        field("content-type", "application/json", into: &writer)
        let wantsStream = request.streams && !request.countsAtProvider
        field("accept", wantsStream ? "text/event-stream" : "application/json", into: &writer)
        field("accept-encoding", "identity", into: &writer)
        field("user-agent", "agentroute/\(Version.current)", into: &writer)
        if plan.lane.wire == .anthropicMessages {
            field("anthropic-version", Self.anthropicVersion, into: &writer)
        }
        writer.append(plan.target.headers)
        writer.append("content-length: ")
        writer.appendDecimal(UInt64(request.body.count))
        writer.append("\r\n\r\n")
    }

    /// Gemini's path names the model and what is asked of it; the others' are the same but for a count.
    private var path: String {
        if plan.lane.wire == .gemini {
            let verb: String
            if request.countsAtProvider {
                verb = "countTokens"
            } else {
                verb = request.streams ? "streamGenerateContent" : "generateContent"
            }
            let path = RequestPath.gemini(plan.lane.path, model: plan.route.model, verb: verb)
            return request.streams && !request.countsAtProvider ? path + "?alt=sse" : path
        }
        return plan.lane.path + (request.countsAtProvider ? plan.lane.countPath : "")
    }

    /// A field, unless the configuration sets one of its name.
    private func field(_ name: StaticString, _ value: String, into writer: inout ByteWriter) {
        let isSet = plan.target.headerNames.contains { $0.span.bytes.equalsIgnoringCase(name) }
        if !isSet { writer.appendField(name, value) }
    }
}
