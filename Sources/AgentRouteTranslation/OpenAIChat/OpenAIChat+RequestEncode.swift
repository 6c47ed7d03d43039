package import AgentRouteWire

extension OpenAIChatCodec {
    /// Writes a provider's request.
    package func encodeRequest(
        _ conversation: Conversation, for upstream: Upstream, lost: inout Degradations
    ) -> JSONValue {
        var tools = OpenAIChatToolWriter(upstream, family: conversation.family, lost: lost)
        tools.write(conversation)
        var messages = OpenAIChatMessageWriter(
            parts: OpenAIChatPartWriter(upstream, family: conversation.family), lost: tools.lost)
        messages.write(Self.told(conversation, of: tools.missing))
        lost = messages.lost
        var parameters = OpenAIChatParameterWriter(upstream, lost: lost)
        parameters.write(conversation)
        lost = parameters.lost

        var body = ObjectWriter()
        body.add("model", upstream.model)
        body.add("messages", JSONValue.array(messages.messages))
        body.add(tools.members)
        body.add(parameters.members)
        body.add(Self.extras(conversation, beside: tools, lost: &lost))
        return body.value
    }

    /// `conversation` with word to the model of tools it will not have.
    private static func told(_ conversation: Conversation, of missing: [String]) -> Conversation {
        guard !missing.isEmpty else { return conversation }
        var told = conversation
        told.instructions.append(
            .text(
                "Not available in this session: \(missing.joined(separator: ", ")). Say so when it "
                    + "would be needed."))
        return told
    }

    /// What the client's family knows and this codec does not. Members of the Responses wire are
    /// refused by chat providers; all others may mean something to this one.
    private static func extras(
        _ conversation: Conversation, beside tools: OpenAIChatToolWriter,
        lost: inout Degradations
    ) -> [JSONMember] {
        var plugins = tools.plugins
        var extras: [JSONMember] = []
        for extra in conversation.extras {
            if responsesOnly.contains(extra.key) {
                lost.note(extra.key)
            } else if extra.key == "plugins", let own = extra.value.array {
                plugins = own + plugins
            } else {
                extras.append(extra)
            }
        }
        if !plugins.isEmpty {
            extras.append(JSONMember(key: "plugins", value: .array(plugins)))
        }
        return extras
    }

    private static let responsesOnly: Set<String> = [
        "access_programs", "background", "client_metadata", "context_management", "conversation",
        "image", "include", "input", "instructions", "max_tool_calls", "previous_response_id",
        "prompt", "text", "truncation",
    ]
}
