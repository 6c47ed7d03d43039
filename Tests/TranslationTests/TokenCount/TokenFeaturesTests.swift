import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Token features")
struct TokenFeaturesTests {
    /// The count of a conversation that `change` has filled.
    private func count(_ change: (inout Conversation) -> Void) -> Int {
        var conversation = Conversation(model: "m", family: .anthropic)
        change(&conversation)
        return TokenCalibration().count(TokenFeatures(conversation))
    }

    /// The count of a message with `content`, less that of an empty one.
    private func count(_ content: Block.Content) -> Int {
        count { $0.turns = [Turn(.user, [Block(content)])] }
            - count { $0.turns = [Turn(.user, [])] }
    }

    private static let words = "The quick brown fox jumps over the lazy dog, twice."
    private static let call = ToolCall(
        id: "call_1", name: ToolName("read_file"), input: .json(#"{"path":"/etc/hosts"}"#))
    private static let pdf = Media(
        .base64(String(repeating: "A", count: 4000)), mediaType: "application/pdf")

    @Test(
        "every kind of block counts",
        arguments: [
            .text(words), .refusal(words), .reasoning(Reasoning(words)),
            .reasoning(Reasoning("", seal: .foreign(String(repeating: "x", count: 400)))),
            .image(Media(.url("https://example.com/a.png"))), .document(pdf),
            .document(Media(.text(words))), .document(Media(.blocks([.text(words)]))),
            .document(Media(.fileID("file_1"))), .audio(Media(.base64("AAAA"))),
            .video(Media(.url("https://example.com/a.mp4"))), .toolCall(call),
            .toolResult(ToolResult(callID: "call_1", content: [.text(words)])),
            .toolReference("read_file"),
            .opaque(
                OpaqueBlock(family: .anthropic, type: "x", value: ["a": [["b": "some words"]]])),
        ] as [Block.Content])
    func everyBlock(content: Block.Content) {
        #expect(count(content) > 0)
        #expect(
            count(.toolResult(ToolResult(callID: "", content: [Block(content)]))) > count(content))
    }

    @Test("system prompts, tools and the answer's schema count")
    func aroundTheTurns() {
        let empty = count { _ in }
        let schema: JSONValue = ["type": "object", "properties": ["a": ["type": "string"]]]
        #expect(count { $0.instructions = [.text(Self.words)] } > empty)
        #expect(count { $0.tools = [Tool(ToolName("a"), kind: .function(schema: nil))] } > empty)
        #expect(
            count {
                $0.outputFormat = .jsonSchema(
                    name: nil, description: nil, schema: schema, strict: nil)
            } > empty)
    }

    @Test("a longer schema, a description in it and an extra member make a tool count more")
    func tools() {
        func tool(_ schema: JSONValue, extras: [JSONMember] = []) -> Int {
            var tool = Tool(ToolName("a"), kind: .function(schema: schema))
            tool.extras = extras
            return count { $0.tools = [tool] }
        }
        let plain = tool(["type": "object"])
        #expect(tool(["type": "object", "description": .string(Self.words)]) > plain + 8)
        #expect(tool(["type": "object", "required": ["first", "second"]]) > plain)
        #expect(
            tool(["type": "object"], extras: [JSONMember(key: "x", value: "an example")]) > plain)
    }

    @Test("a deferred tool counts only once a block names it")
    func deferredTool() {
        var tool = Tool(
            ToolName("far"), description: String(repeating: Self.words, count: 9),
            kind: .function(schema: nil))
        tool.isDeferred = true
        let hidden = count { $0.tools = [tool] }
        #expect(hidden == count { _ in })
        let named = count {
            $0.tools = [tool]
            $0.turns = [Turn(.user, [Block(.toolReference("far"))])]
        }
        #expect(named > hidden + 80)
    }

    @Test("encrypted strings in a block of its own wire are no text")
    func sealedStrings() {
        let sealed = JSONValue.string(String(repeating: "kJ8f", count: 5000))
        let block = OpaqueBlock(family: .anthropic, type: "x", value: ["encrypted_content": sealed])
        #expect(count(.opaque(block)) < 20)
    }

    @Test(
        "a picture counts by the pixels its header tells",
        arguments: [
            // PNG 600 x 300
            (
                [
                    0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
                    0, 0, 2, 0x58, 0, 0, 1, 0x2C,
                ], 240
            ),
            // GIF 750 x 100
            ([0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0xEE, 0x02, 0x64, 0], 100),
            // JPEG with an application segment of 16 bytes, 300 x 250
            (
                [0xFF, 0xD8, 0xFF, 0xE0, 0, 16] + Array(repeating: 0, count: 14)
                    + [0xFF, 0xC2, 0, 17, 8, 0, 250, 1, 0x2C, 3], 100
            ),
            // WebP, extended, 1500 x 200
            (
                Array("RIFF....WEBPVP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0, 0xDB, 5, 0, 199, 0, 0],
                400
            ),
            // WebP, lossless, 75 x 100
            (
                Array("RIFF....WEBPVP8L".utf8)
                    + [9, 0, 0, 0, 0x2F, 0x4A, 0xC0, 0x18, 0, 0, 0, 0, 0, 0], 10
            ),
            // WebP, lossy, 75 x 100
            (
                Array("RIFF....WEBPVP8 ".utf8)
                    + [9, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 75, 0, 100, 0], 10
            ),
            // PNG 9000 x 9000: made smaller
            (
                [
                    0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
                    0, 0, 0x23, 0x28, 0, 0, 0x23, 0x28,
                ], 1600
            ),
            // A cut header
            ([0x89, 0x50, 0x4E, 0x47], 1000),
            // A JPEG that ends before its size
            ([0xFF, 0xD8, 0xFF, 0xE0, 0, 16], 1000),
        ] as [([UInt8], Int)])
    func pictures(header: [UInt8], tokens: Int) {
        #expect(count(.image(Media(.base64(Base64.encode(header))))) == tokens)
    }

    @Test("the features of two messages are the sum of each one's")
    func linear() {
        let one = Block.text("Words, 12 of them:\n\tcafé 数字 🚦")
        let once = count { $0.turns = [Turn(.user, [one])] } - count { _ in }
        let many = count { $0.turns = Array(repeating: Turn(.user, [one]), count: 100) }
        #expect(abs(many - 100 * once) <= 60)
    }

    @Test("text cut within a character, and none at all, is counted without a trap")
    func brokenText() {
        for text in ["", "\u{0}", "é", "\u{10FFFF}", "\r\n\r\n", "a\u{FFFD}"] {
            #expect(count(.text(text)) >= 0)
        }
    }
}
