import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("Envelopes on their way to a provider of the same wire")
struct ForeignSealsTests {
    private let envelope = ReasoningSeal.issued(
        by: ReasoningIssuer(Upstream(id: "or", wire: .openAIChat, model: "m")), payload: ["x": 1]
    ).envelope

    private func removed(_ value: JSONValue) throws -> JSONValue? {
        let body = value.serialized()
        // SAFETY: the span borrows a local for the call.
        #expect(ForeignSeals.mayBe(in: body.span.bytes) == (body.count > 60))
        return try ForeignSeals.removed(from: body).map { try JSONValue.parse($0) }
    }

    @Test("thinking of another provider goes, signatures of the provider's own stay")
    func anthropic() throws {
        let own: JSONValue = ["type": "thinking", "thinking": "b", "signature": "EqQBCg"]
        let said: JSONValue = ["type": "text", "text": "c"]
        let body: JSONValue = [
            "messages": [
                [
                    "role": "assistant",
                    "content": [
                        ["type": "thinking", "thinking": "a", "signature": .string(envelope)],
                        ["type": "redacted_thinking", "data": .string(envelope)], own, said,
                    ],
                ]
            ]
        ]
        #expect(
            try removed(body) == ["messages": [["role": "assistant", "content": [own, said]]]])
    }

    @Test("a message of nothing but foreign thinking goes as a whole")
    func emptied() throws {
        let body: JSONValue = [
            "messages": [
                [
                    "role": "assistant",
                    "content": [["type": "redacted_thinking", "data": .string(envelope)]],
                ],
                ["role": "user", "content": "hi"],
            ]
        ]
        #expect(try removed(body) == ["messages": [["role": "user", "content": "hi"]]])
    }

    @Test("a reasoning item, a reasoning detail and a thought signature go")
    func others() throws {
        #expect(
            try removed(["input": [["type": "reasoning", "encrypted_content": .string(envelope)]]])
                == ["input": []])
        let details: JSONValue = [["type": "reasoning.encrypted", "data": .string(envelope)]]
        #expect(
            try removed(["messages": [["content": "x", "reasoning_details": details]]])
                == ["messages": [["content": "x"]]])
        let call: JSONValue = ["name": "f", "args": [:]]
        let parts: JSONValue = [
            ["text": "t", "thought": true, "thoughtSignature": .string(envelope)],
            ["functionCall": call, "thoughtSignature": .string(envelope)],
        ]
        #expect(
            try removed(["contents": [["role": "model", "parts": parts]]])
                == ["contents": [["role": "model", "parts": [["functionCall": call]]]]])
    }

    @Test("a body without envelopes is not touched")
    func untouched() throws {
        #expect(try removed(["messages": []]) == nil)
    }
}
