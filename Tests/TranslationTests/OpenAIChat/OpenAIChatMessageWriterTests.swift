import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Chat requests, written: messages")
struct OpenAIChatMessageWriterTests {
    private static func call(
        _ id: String, _ name: String = "f", _ arguments: String = #"{"a":1}"#
    ) -> Block {
        Block(.toolCall(ToolCall(id: id, name: ToolName(name), input: .json(arguments))))
    }

    private static func result(
        _ id: String, _ content: [Block] = [.text("r")], isError: Bool? = nil
    ) -> Block {
        Block(.toolResult(ToolResult(callID: id, content: content, isError: isError)))
    }

    private static func asked(_ id: String, _ arguments: String = #"{"a":1}"#) -> JSONValue {
        [
            "role": "assistant", "content": nil,
            "tool_calls": [
                [
                    "id": .string(id), "type": "function",
                    "function": ["name": "f", "arguments": .string(arguments)],
                ]
            ],
        ]
    }

    private static func told(_ id: String, _ content: JSONValue) -> JSONValue {
        ["role": "tool", "tool_call_id": .string(id), "content": content]
    }

    @Test("one plain instruction is a string, several are parts with their cache marks")
    func instructions() {
        let one = Chat.request { $0.instructions = [.text("a")] }
        #expect(
            Chat.encode(one).body["messages"] == [
                ["role": "system", "content": "a"], ["role": "user", "content": "hi"],
            ])
        let mark: JSONValue = ["type": "ephemeral"]
        let several = Chat.request { $0.instructions = [.text("a"), .text("b", cache: mark)] }
        let parts: JSONValue = [
            ["type": "text", "text": "a"], ["type": "text", "text": "b", "cache_control": mark],
        ]
        let messages = Chat.encode(several, for: Chat.openRouter).body["messages"]
        #expect(messages?.array?.first == ["role": "system", "content": parts])
        let unmarked = Chat.encode(several).body["messages"]?.array?.first?["content"]
        #expect(
            unmarked == [["type": "text", "text": "a"], ["type": "text", "text": "b"]])
    }

    @Test("results come first, then what the user says with them")
    func resultsFirst() {
        let (messages, lost) = Chat.messages([
            Turn(.assistant, [Self.call("a"), Self.call("b")]),
            Turn(.user, [.text("go on"), Self.result("b"), Self.result("a", [])]),
        ])
        #expect(
            messages?.array?.dropFirst().map { $0 } == [
                Self.told("b", "r"), Self.told("a", ""), ["role": "user", "content": "go on"],
            ])
        #expect(lost.isEmpty)
    }

    @Test("a call without a result is told of, at the next message and at the end")
    func unanswered() {
        let (messages, _) = Chat.messages([
            Turn(.assistant, [Self.call("a")]), Turn(.user, [.text("no")]),
            Turn(.assistant, [Self.call("b")]),
        ])
        let note: JSONValue = "no result was given for this call"
        #expect(
            messages == [
                Self.asked("a"), Self.told("a", note), ["role": "user", "content": "no"],
                Self.asked("b"), Self.told("b", note),
            ])
    }

    @Test("instructions between a call and its result wait for the result")
    func systemBetween() {
        let (messages, _) = Chat.messages([
            Turn(.assistant, [Self.call("a")]), Turn(.system, [.text("s")]),
            Turn(.user, [Self.result("a")]),
        ])
        #expect(
            messages == [
                Self.asked("a"), Self.told("a", "r"), ["role": "system", "content": "s"],
            ])
    }

    @Test("a result without a call becomes the user's text")
    func orphan() {
        let (messages, _) = Chat.messages([Turn(.user, [Self.result("x")])])
        let note = "[result of the tool call x, which is not in this conversation]"
        #expect(
            messages == [
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": .string(note)], ["type": "text", "text": "r"],
                    ],
                ]
            ])
    }

    @Test("images of results follow in a message of the user that names the call")
    func resultImages() {
        let image = Block(.image(Media(.base64("AAAA"), mediaType: "image/png")))
        let (messages, lost) = Chat.messages([
            Turn(.assistant, [Self.call("a")]),
            Turn(.user, [Self.result("a", [image]), .text("see")]),
        ])
        let url: JSONValue = ["url": "data:image/png;base64,AAAA"]
        #expect(
            messages?.array?.dropFirst().map { $0 } == [
                Self.told("a", "The result follows in the next message."),
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "[from the result of the tool call a (f)]"],
                        ["type": "image_url", "image_url": url], ["type": "text", "text": "see"],
                    ],
                ],
            ])
        #expect(lost.isEmpty)
    }

    @Test("a failed call says so in its text")
    func failedCall() {
        let (messages, lost) = Chat.messages([
            Turn(.assistant, [Self.call("a")]),
            Turn(.user, [Self.result("a", [.text("boom")], isError: true)]),
        ])
        #expect(messages?.array?.last == Self.told("a", "[the tool call failed]\nboom"))
        #expect(lost == [])
    }

    @Test("a result's cache mark stands on its last text")
    func markedResult() {
        let mark: JSONValue = ["type": "ephemeral"]
        var result = Self.result("a", [.text("x"), .text("y")])
        result.cache = mark
        let (messages, _) = Chat.messages(
            [Turn(.assistant, [Self.call("a")]), Turn(.user, [result])], for: Chat.openRouter)
        let parts: JSONValue = [
            ["type": "text", "text": "x"], ["type": "text", "text": "y", "cache_control": mark],
        ]
        #expect(messages?.array?.last == Self.told("a", parts))
    }

    @Test(
        "arguments that are no object are wrapped: providers refuse them",
        arguments: [
            ("", "{}"), (#"{"a": 1.0}"#, #"{"a": 1.0}"#),
            (#"{"a":"#, #"{"arguments":"{\"a\":"}"#), ("[1]", #"{"arguments":"[1]"}"#),
        ])
    func arguments(given: String, written: String) {
        let (messages, _) = Chat.messages([Turn(.assistant, [Self.call("a", "f", given)])])
        #expect(messages?.array?.first == Self.asked("a", written))
    }

    @Test("ids outside the wire's letters are the same in call and result")
    func ids() {
        let (messages, _) = Chat.messages([
            Turn(.assistant, [Self.call("fc:1/ü")]), Turn(.user, [Self.result("fc:1/ü")]),
        ])
        let id = messages?.array?.first?["tool_calls"]?.array?.first?["id"]?.string
        #expect(id == ToolCallID.sanitized("fc:1/ü"))
        #expect(messages?.array?.last == Self.told(id ?? "", "r"))
    }

    @Test("thoughts go back in the member they came in, byte for byte")
    func thoughts() {
        let details: JSONValue = [["type": "reasoning.text", "text": "hm", "signature": "s=="]]
        let cases: [(payload: JSONValue, key: String, value: JSONValue)] = [
            (["reasoning_details": details], "reasoning_details", details),
            (["reasoning_content": true], "reasoning_content", "hm"),
            (["reasoning": true], "reasoning", "hm"),
        ]
        for one in cases {
            let seal = ReasoningSeal.issued(
                by: ReasoningIssuer(Chat.openRouter), payload: one.payload)
            let block = Block(.reasoning(Reasoning("hm", seal: seal)))
            let (messages, lost) = Chat.messages(
                [Turn(.assistant, [block, .text("x")])], for: Chat.openRouter)
            #expect(
                messages == [
                    .object([
                        JSONMember(key: "role", value: "assistant"),
                        JSONMember(key: "content", value: "x"),
                        JSONMember(key: one.key, value: one.value),
                    ])
                ])
            #expect(lost.isEmpty)
        }
    }

    @Test("unsealed thoughts are not sent, and a message of nothing else is none")
    func unsealedThoughts() {
        let block = Block(.reasoning(Reasoning("hm")))
        let (messages, _) = Chat.messages([
            Turn(.assistant, [block]), Turn(.assistant, [block, .text("x")]),
        ])
        #expect(messages == [["role": "assistant", "content": "x"]])
    }

    @Test("several texts of the model stay apart, empty ones go")
    func texts() {
        let (messages, _) = Chat.messages([
            Turn(.assistant, [.text("a"), .text(""), .text("b"), Block(.refusal("no"))])
        ])
        #expect(
            messages == [
                [
                    "role": "assistant",
                    "content": [
                        ["type": "text", "text": "a"], ["type": "text", "text": "b"],
                        ["type": "refusal", "refusal": "no"],
                    ],
                ]
            ])
    }

    private struct MediaCase: CustomTestStringConvertible {
        var testDescription: String
        var content: Block.Content
        var upstream = Chat.plain()
        var family = WireFamily.anthropic
        var parts: JSONValue
        var lost: [String] = []
    }

    private static func omitted(_ text: String) -> JSONValue { .string("[\(text)]") }

    private static let mediaCases: [MediaCase] = {
        let pdf = Media(.base64("AA"), mediaType: "application/pdf", title: "a.pdf")
        let link = Media(.url("https://x/a.pdf"), title: "a.pdf")
        let word = Media(.base64("AA"), mediaType: "application/msword")
        let noFile = omitted("document omitted: this model's provider takes no such file here")
        let stored = "its file is stored with another provider"
        return [
            MediaCase(
                testDescription: "an image by link, with detail",
                content: .image(
                    {
                        var image = Media(.url("https://x"))
                        image.detail = "low"
                        return image
                    }()),
                parts: [["type": "image_url", "image_url": ["url": "https://x", "detail": "low"]]]),
            MediaCase(
                testDescription: "another provider's image", content: .image(Media(.fileID("f"))),
                parts: omitted("image omitted: \(stored)"), lost: ["file_ids", "images"]),
            MediaCase(
                testDescription: "a PDF", content: .document(pdf),
                parts: [
                    [
                        "type": "file",
                        "file": [
                            "filename": "a.pdf", "file_data": "data:application/pdf;base64,AA",
                        ],
                    ]
                ]),
            MediaCase(
                testDescription: "a linked PDF for OpenRouter", content: .document(link),
                upstream: Chat.openRouter,
                parts: [
                    [
                        "type": "file",
                        "file": ["filename": "a.pdf", "file_data": "https://x/a.pdf"],
                    ]
                ]),
            MediaCase(
                testDescription: "a linked PDF for OpenAI", content: .document(link),
                parts: omitted(
                    "document https://x/a.pdf omitted: this model's provider takes no such file here"
                ),
                lost: ["documents"]),
            MediaCase(
                testDescription: "a file OpenAI does not take", content: .document(word),
                parts: noFile, lost: ["documents"]),
            MediaCase(
                testDescription: "a file of the client's own family",
                content: .document(Media(.fileID("f"))), family: .openAI,
                parts: [["type": "file", "file": ["file_id": "f"]]]),
            MediaCase(
                testDescription: "a text with its title",
                content: .document(Media(.text("T"), title: "t.txt")),
                parts: "<document title=\"t.txt\">\nT\n</document>"),
            MediaCase(
                testDescription: "a text in base64",
                content: .document(Media(.base64("aGk="), mediaType: "text/plain")),
                parts: "<document>\nhi\n</document>"),
            MediaCase(
                testDescription: "a file of a textual type",
                content: .document(Media(.base64("e30="), mediaType: "application/json")),
                parts: "<document>\n{}\n</document>"),
            MediaCase(
                testDescription: "a drawing in XML",
                content: .image(Media(.base64("PHN2Zy8+"), mediaType: "image/svg+xml")),
                parts: [
                    [
                        "type": "image_url",
                        "image_url": ["url": "data:image/svg+xml;base64,PHN2Zy8+"],
                    ]
                ]),
            MediaCase(
                testDescription: "sound",
                content: .audio(Media(.base64("AA"), mediaType: "audio/mpeg")),
                parts: [["type": "input_audio", "input_audio": ["data": "AA", "format": "mp3"]]]),
            MediaCase(
                testDescription: "sound OpenAI does not take",
                content: .audio(Media(.base64("AA"), mediaType: "audio/flac")),
                parts: omitted("audio omitted: this model's provider takes no such sound"),
                lost: ["audio"]),
            MediaCase(
                testDescription: "a film for OpenRouter", content: .video(Media(.url("https://x"))),
                upstream: Chat.openRouter,
                parts: [["type": "video_url", "video_url": ["url": "https://x"]]]),
            MediaCase(
                testDescription: "a film for OpenAI", content: .video(Media(.url("https://x"))),
                parts: omitted("video https://x omitted: this model's provider takes no films"),
                lost: ["video"]),
            MediaCase(
                testDescription: "a block of another wire",
                content: .opaque(
                    OpaqueBlock(family: .openAI, type: "web_search_call", value: ["q": "x"])),
                parts: omitted(#"web_search_call: {"q":"x"}"#), lost: ["blocks.web_search_call"]),
        ]
    }()

    @Test("media are sent, or leave a notice and their name", arguments: mediaCases)
    private func media(_ one: MediaCase) {
        let (messages, lost) = Chat.messages(
            [Turn(.user, [Block(one.content)])], for: one.upstream, family: one.family)
        #expect(messages?.array?.first?["content"] == one.parts)
        #expect(lost == one.lost)
    }

    @Test("pictures of the model leave a notice: the wire has no place for them")
    func assistantImage() {
        let image = Block(.image(Media(.url("https://x"))))
        let (messages, lost) = Chat.messages([Turn(.assistant, [image])])
        #expect(
            messages == [
                [
                    "role": "assistant",
                    "content": "[image https://x omitted: only the user may send images]",
                ]
            ])
        #expect(lost == ["images"])
    }
}
