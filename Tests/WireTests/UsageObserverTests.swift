import AgentRouteWire
import Testing

@Suite("UsageObserver")
struct UsageObserverTests {
    private func expect(
        _ sample: UsageSample, in pieces: [ArraySlice<UInt8>],
        _ location: SourceLocation = #_sourceLocation
    ) {
        var observer = UsageObserver(wire: sample.wire, isEventStream: sample.isEventStream)
        for piece in pieces {
            let bytes = Array(piece)
            observer.observe(bytes.span.bytes)
        }
        let cut = Comment("cut after \(pieces.first?.count ?? 0)")
        #expect(observer.usage == sample.usage, cut, sourceLocation: location)
        #expect(observer.sawTerminal == sample.terminal, cut, sourceLocation: location)
        #expect(observer.sawError == sample.error, cut, sourceLocation: location)
    }

    @Test("usage and end are seen in a body that comes whole", arguments: UsageStreams.all)
    func whole(sample: UsageSample) {
        expect(sample, in: [Array(sample.body.utf8)[...]])
    }

    @Test("usage and end are seen wherever the body is cut", arguments: UsageStreams.all)
    func cut(sample: UsageSample) {
        for pieces in everyCut(of: Array(sample.body.utf8)) { expect(sample, in: pieces) }
    }

    @Test(
        "a stream that has not got its last blank line has not ended", arguments: UsageStreams.all)
    func truncated(sample: UsageSample) {
        guard sample.terminal else { return }
        var body = Array(sample.body.utf8)
        while body.last == 0x0A || body.last == 0x0D { body.removeLast() }
        var observer = UsageObserver(wire: sample.wire, isEventStream: true)
        for count in 0..<body.count {
            let byte = [body[count]]
            observer.observe(byte.span.bytes)
            #expect(!observer.sawTerminal)
        }
    }

    @Test("a body that ended in order needs no blank line behind its last event")
    func finish() {
        for stream in ["data: [DONE]", "data: [DONE]\n", "data: [DONE]\r\n", "data:[DONE]"] {
            for pieces in everyCut(of: Array(stream.utf8)) {
                var observer = UsageObserver(wire: .openAIChat, isEventStream: true)
                for piece in pieces { observer.observe(piece.span.bytes) }
                #expect(!observer.sawTerminal)
                observer.finish()
                #expect(observer.sawTerminal)
            }
        }
    }

    @Test("finishing adds no end to a stream that had none")
    func finishWithoutEnd() {
        for stream in ["", "data: {\"choices\":[]}\n\n", "data: [DON", "event: message_stop\n"] {
            var observer = UsageObserver(wire: .openAIChat, isEventStream: true)
            withBytes(stream) { observer.observe($0) }
            observer.finish()
            #expect(!observer.sawTerminal)
        }
    }

    @Test("one wire's end is not another's")
    func foreignEnds() {
        let ends = ["data: [DONE]\n\n", "event: message_stop\ndata: {}\n\n"]
        for end in ends {
            var observer = UsageObserver(wire: .openAIResponses, isEventStream: true)
            withBytes(end) { observer.observe($0) }
            #expect(!observer.sawTerminal)
        }
        var gemini = UsageObserver(wire: .openAIChat, isEventStream: true)
        withBytes("data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\n") { gemini.observe($0) }
        #expect(!gemini.sawTerminal)
    }

    @Test("an event far longer than any buffer still tells its usage, whatever stands before it")
    func longEvent() {
        let text = String(repeating: "\\\"usage\\\":{\\\"input_tokens\\\":1} é\\\\ ", count: 20_000)
        let body = """
            data: {"type":"response.completed","response":{"output":[{"text":"\(text)"}],\
            "usage":{"input_tokens":4,"output_tokens":2}}}


            """
        let sample = UsageSample(
            name: "", wire: .openAIResponses, body: body, usage: TokenUsage(input: 4, output: 2),
            terminal: true)
        let bytes = Array(body.utf8)
        for size in [1_000, 16_384, 65_536] {
            let pieces = stride(from: 0, to: bytes.count, by: size).map {
                bytes[$0..<min($0 + size, bytes.count)]
            }
            expect(sample, in: pieces)
        }
    }

    @Test("a broken event does not spoil the next one")
    func brokenEvent() {
        let sample = UsageSample(
            name: "", wire: .openAIChat,
            body: "data: {\"usage\":{\"prompt_tokens\":[{\"\n\n"
                + "data: {\"usage\":{\"prompt_tokens\":5}}\n\ndata: [DONE]\n\n",
            usage: TokenUsage(input: 5), terminal: true)
        for pieces in everyCut(of: Array(sample.body.utf8)) { expect(sample, in: pieces) }
    }

    @Test("an event broken off inside its envelope does not spoil the next one")
    func brokenEnvelope() {
        let sample = UsageSample(
            name: "", wire: .anthropicMessages,
            body: "data: {\"message\":{\n\n"
                + "data: {\"usage\":{\"output_tokens\":3},\"type\":\"message_stop\"}\n\n",
            usage: TokenUsage(output: 3), terminal: true)
        for pieces in everyCut(of: Array(sample.body.utf8)) { expect(sample, in: pieces) }
    }

    @Test("a long line that is no data tells nothing, wherever it is cut")
    func longComment() {
        let padding = String(repeating: "x", count: 80)
        let sample = UsageSample(
            name: "", wire: .openAIChat,
            body: ": \(padding) {\"usage\":{\"prompt_tokens\":9}}\n\ndata: [DONE]\n\n",
            terminal: true)
        for pieces in everyCut(of: Array(sample.body.utf8)) { expect(sample, in: pieces) }
    }

    @Test("a key is found at every place within a vector")
    func alignment() {
        for count in 0...70 {
            let padding = String(repeating: "x", count: count)
            expect(
                UsageSample(
                    name: "", wire: .openAIChat,
                    body: "data: {\"\(padding)\":1,\"usage\":{\"prompt_tokens\":5}}\n\n",
                    usage: TokenUsage(input: 5)),
                in: [
                    Array("data: {\"\(padding)\":1,\"usage\":{\"prompt_tokens\":5}}\n\n".utf8)[...]
                ])
            let error = "data: {\"\(padding)\":1,\"error\":\"x\"}\n\n"
            expect(
                UsageSample(name: "", wire: .openAIChat, body: error, terminal: true, error: true),
                in: [Array(error.utf8)[...]])
        }
    }

    @Test("noise never traps", arguments: Wire.all)
    func noise(wire: Wire) {
        var dice = Dice(seed: 4)
        let scraps = [
            "data: ", "event: ", "\n", "\n\n", "\r\n", "{", "}", "[", "]", "\"", "\\", ",", ":",
            "\"usage\":{", "\"input_tokens\":", "\"message\":{", "18446744073709551615", "0", "-",
            "\"candidates\":[", "\"type\":\"error\"", "é", "[DONE]", "\u{0}",
        ]
        for isEventStream in [true, false] {
            for _ in 0..<2_000 {
                let count = Int.random(in: 0...30, using: &dice)
                let body = (0..<count).compactMap { _ in scraps.randomElement(using: &dice) }
                var observer = UsageObserver(wire: wire, isEventStream: isEventStream)
                for scrap in body { withBytes(scrap) { observer.observe($0) } }
                observer.finish()
                #expect(isEventStream || !observer.sawTerminal)
            }
        }
    }
}
