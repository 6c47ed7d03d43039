import AgentRouteWire
import Testing

@testable import AgentRouteCore

@Suite("The demo model in every wire")
struct DemoModelTests {
    private static let order = "write notes/a.txt: it's \"quoted\",\nin two lines \\ 世界"
    private static let content = "it's \"quoted\",\nin two lines \\ 世界"

    @Test(
        "a stream keeps the wire's grammar and says who speaks and what it saw",
        arguments: DemoClient.all)
    func textStream(client: DemoClient) throws {
        let heard = try client.stream("hello")
        #expect(!heard.thinking.isEmpty)
        #expect(heard.text.contains("the demo model of AgentRoute"))
        #expect(heard.text.contains(client.wire.rawValue) && heard.text.contains("some-model"))
        #expect(heard.tool == nil)
        #expect(["end_turn", "stop", "completed", "STOP"].contains(heard.stopReason))
    }

    @Test(
        "the fragments of a streamed call join to the ordered arguments", arguments: DemoClient.all)
    func toolStream(client: DemoClient) throws {
        let heard = try client.stream(Self.order, tools: [client.tool("Write", DemoSchema.file)])
        #expect(heard.tool == "Write")
        #expect(heard.callIdentifier?.isEmpty == false)
        let wanted: JSONValue = ["file_path": "notes/a.txt", "content": .string(Self.content)]
        #expect(try heard.argumentValue == wanted)
        #expect(["tool_use", "tool_calls", "completed", "STOP"].contains(heard.stopReason))
    }

    @Test("an answer is the same streamed and whole", arguments: DemoClient.all)
    func sameBothWays(client: DemoClient) throws {
        let tools = [client.tool("Write", DemoSchema.file)]
        #expect(try client.stream("hello") == client.ask("hello"))
        #expect(try client.stream(Self.order, tools: tools) == client.ask(Self.order, tools: tools))
    }

    @Test("usage is given and never 0", arguments: DemoClient.all)
    func usage(client: DemoClient) throws {
        for heard in [try client.stream("hello"), try client.ask("hello")] {
            #expect(heard.inputTokens > 0 && heard.outputTokens > 0)
        }
    }

    @Test(
        "after the tool has answered, a text reports it and no tool is called",
        arguments: DemoClient.all)
    func toolResult(client: DemoClient) throws {
        let tools = [client.tool("Write", DemoSchema.file)]
        let heard = try client.ask(Self.order, tools: tools, result: "File created.\nAll well.")
        #expect(heard.tool == nil)
        #expect(
            heard.text.contains("notes/a.txt") && heard.text.contains("File created. All well."))
    }

    @Test("calls of two requests have different identifiers", arguments: DemoClient.all)
    func identifiers(client: DemoClient) throws {
        let tools = [client.tool("Write", DemoSchema.file)]
        let first = try client.ask(Self.order, tools: tools, ordinal: 1).callIdentifier
        let last = try client.ask(Self.order, tools: tools, ordinal: .max).callIdentifier
        #expect(first != nil && last != nil && first != last)
    }

    @Test("a count of tokens is a quarter of the bytes and never 0", arguments: DemoClient.all)
    func countTokens(client: DemoClient) throws {
        let body = client.body("hello", [], nil)
        for (request, count) in [(body, body.serialized().count / 4), ([:], 1)] {
            let answer = try JSONValue.parse(
                client.countTokens(of: request).onlyFrame(), comments: false)
            #expect((answer["input_tokens"] ?? answer["totalTokens"])?.int == count)
        }
    }

    @Test("a body without a conversation is a 400 in the wire's dialect", arguments: DemoClient.all)
    func badRequest(client: DemoClient) throws {
        for stream in [false, true] {
            let response = client.respond(to: ["model": "m"], stream: stream)
            #expect(response.status == 400)
            let error = try JSONValue.parse(response.onlyFrame(), comments: false)["error"]
            #expect(error?["message"]?.string?.isEmpty == false)
            let kind = error?["type"] ?? error?["status"]
            #expect(kind == (client.wire == .gemini ? "INVALID_ARGUMENT" : "invalid_request_error"))
        }
    }

    @Test("a body that is not JSON is a 400", arguments: DemoClient.all)
    func notJSON(client: DemoClient) {
        let request = DemoRequest(
            wire: client.wire, operation: .generate(stream: true), model: "m",
            body: Array("{\"messages\":".utf8), ordinal: 1)
        #expect(DemoModel().respond(request).status == 400)
    }

    @Test("a client that turns thinking off hears none")
    func noThinking() throws {
        let settings: [(DemoClient, String, JSONValue)] = [
            (.anthropicMessages, "thinking", ["type": "disabled"]),
            (.openAIChat, "reasoning_effort", "none"),
            (.openAIResponses, "reasoning", ["effort": "none"]),
            (.gemini, "generationConfig", ["thinkingConfig": ["includeThoughts": false]]),
        ]
        for (client, key, value) in settings {
            let members = try #require(client.body("hello", [], nil).object)
            let body = JSONValue.object(members + [JSONMember(key: key, value: value)])
            let heard = try client.fold(DemoEvent.all(in: client.respond(to: body, stream: true)))
            #expect(heard.thinking.isEmpty && !heard.text.isEmpty)
        }
    }

    @Test("a chat stream has usage only if the client asks for it")
    func chatUsage() throws {
        let body: JSONValue = ["messages": [["role": "user", "content": "hello"]]]
        let events = try DemoEvent.all(in: DemoClient.openAIChat.respond(to: body, stream: true))
        #expect(events.last?.data == "[DONE]")
        #expect(!events.contains { $0.data.contains("usage") })
    }

    @Test("the first frame leaves at once and the pieces of the text follow at the model's pace")
    func pace() throws {
        let frames = DemoClient.anthropicMessages.respond(
            to: DemoClient.anthropicMessages.body("hello", [], nil), stream: true
        ).frames
        #expect(frames.first?.delay == .zero)
        #expect(frames.count { $0.delay == .milliseconds(30) } > 5)
        #expect(frames.allSatisfy { $0.delay == .zero || $0.delay == .milliseconds(30) })
    }

    @Test("a long order does not make a long stream", arguments: DemoClient.all)
    func longOrder(client: DemoClient) throws {
        let content = String(repeating: "0123456789", count: 10_000)
        let tools = [client.tool("Write", DemoSchema.file)]
        let body = client.body("write a.txt: \(content)", tools, nil)
        let response = client.respond(to: body, stream: true)
        #expect(response.frames.count < 150)
        let heard = try client.fold(DemoEvent.all(in: response))
        #expect(try heard.argumentValue["content"]?.string == content)
    }
}
