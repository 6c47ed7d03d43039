import AgentRouteTranslation
import Testing

@Suite("Token calibration")
struct TokenCalibrationTests {
    /// A tokenizer made up on top of a real one.
    struct Tokenizer: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let tokens: @Sendable (CorpusRequests.Request) -> Int
    }

    private static let real = TokenCorpus.tokenizers.enumerated().map { index, name in
        Tokenizer(testDescription: name) { $0.tokens[index] }
    }

    private static let madeUp = [
        Tokenizer(testDescription: "a third more of everything") { $0.tokens[0] * 133 / 100 },
        Tokenizer(testDescription: "a third less of everything") { $0.tokens[1] * 67 / 100 },
        Tokenizer(testDescription: "a system prompt of its own") { $0.tokens[0] + 700 },
        Tokenizer(testDescription: "a token more for every bracket") {
            $0.tokens[1] + $0.brackets
        },
        Tokenizer(testDescription: "twelve more a message") {
            $0.tokens[0] + 12 * $0.conversation.turns.count
        },
        Tokenizer(testDescription: "tools with a prompt and forty more a tool") {
            let count = $0.conversation.tools.count
            return $0.tokens[2] + (count > 0 ? 346 : 0) + 40 * count
        },
    ]

    /// The median error of `calibration`, as a part of the tokens.
    private func error(
        of calibration: TokenCalibration, on requests: [CorpusRequests.Request],
        _ tokenizer: Tokenizer
    ) -> Double {
        let errors = requests.map { request in
            let tokens = Double(tokenizer.tokens(request))
            let count = Double(calibration.count(TokenFeatures(request.conversation)))
            return abs(count / tokens - 1)
        }
        return errors.sorted()[errors.count / 2]
    }

    /// A calibration that has learned `requests`.
    private func learned(
        _ requests: [CorpusRequests.Request], _ tokenizer: Tokenizer
    ) -> TokenCalibration {
        var calibration = TokenCalibration()
        for request in requests {
            calibration.learn(
                TokenFeatures(request.conversation), promptTokens: tokenizer.tokens(request))
        }
        return calibration
    }

    @Test("without a report, half of all counts are within 10%", arguments: real)
    func unlearned(tokenizer: Tokenizer) throws {
        var corpus = CorpusRequests(seed: 1)
        #expect(error(of: TokenCalibration(), on: try corpus.next(60), tokenizer) < 0.10)
    }

    @Test(
        "after 20 reports, half of all counts are within 3%", arguments: real + madeUp,
        1...2 as ClosedRange<UInt64>)
    func learned(tokenizer: Tokenizer, seed: UInt64) throws {
        var corpus = CorpusRequests(seed: seed)
        let calibration = learned(try corpus.next(20), tokenizer)
        #expect(error(of: calibration, on: try corpus.next(40), tokenizer) < 0.03)
    }

    @Test("of texts unlike those of the 20 reports, half are within 4%", arguments: real)
    func unseenTexts(tokenizer: Tokenizer) throws {
        let errors = try (1...5 as ClosedRange<UInt64>).map { seed in
            var corpus = CorpusRequests(seed: seed)
            corpus.part = .first
            let calibration = learned(try corpus.next(20), tokenizer)
            corpus.part = .second
            return error(of: calibration, on: try corpus.next(40), tokenizer)
        }
        #expect(errors.sorted()[2] < 0.04)
    }

    @Test(
        "reports of zero, and of tokens beside the cache alone, are ignored", arguments: [0, -4, 9])
    func impossibleReports(tokens: Int) throws {
        var corpus = CorpusRequests(seed: 4)
        let features = TokenFeatures(try corpus.next().conversation)
        var calibration = TokenCalibration()
        let before = calibration.count(features)
        for _ in 0..<10 { calibration.learn(features, promptTokens: tokens) }
        #expect(calibration.count(features) == before)
        #expect(calibration.reportCount == 0)
    }

    @Test("a report that is half of what is learned is not believed once, nor twice")
    func outlier() throws {
        var corpus = CorpusRequests(seed: 5)
        var calibration = learned(try corpus.next(20), Self.real[0])
        let request = try corpus.next()
        let features = TokenFeatures(request.conversation)
        let before = calibration.count(features)
        for _ in 0..<2 { calibration.learn(features, promptTokens: request.tokens[0] / 2) }
        #expect(calibration.count(features) == before)
        #expect(calibration.reportCount == 20)
    }

    @Test("a model replaced by one of another tokenizer is learned anew within 20 reports")
    func replacedModel() throws {
        var corpus = CorpusRequests(seed: 6)
        var calibration = learned(try corpus.next(200), Self.real[0])
        let replacement = Tokenizer(testDescription: "") { $0.tokens[2] * 16 / 10 }
        for request in try corpus.next(20) {
            calibration.learn(
                TokenFeatures(request.conversation), promptTokens: replacement.tokens(request))
        }
        #expect(error(of: calibration, on: try corpus.next(40), replacement) < 0.03)
    }

    @Test("parts of what was learned in large requests are counted alone: one tool, one message")
    func parts() throws {
        var corpus = CorpusRequests(seed: 7)
        let calibration = learned(try corpus.next(20), Self.real[0])
        for piece in TokenCorpus.tools {
            let request = try CorpusRequests.tool(piece)
            let count = Double(calibration.count(TokenFeatures(request.conversation)))
            #expect(abs(count / Double(request.tokens[0]) - 1) < 0.25, "\(piece.text)")
        }
    }

    @Test("an empty request counts as something, whatever was learned")
    func neverZero() throws {
        let empty = TokenFeatures(Conversation(model: "m", family: .openAI))
        #expect(TokenCalibration().count(empty) > 0)
        var corpus = CorpusRequests(seed: 8)
        let tokenizer = Tokenizer(testDescription: "") { $0.tokens[0] / 3 }
        #expect(learned(try corpus.next(20), tokenizer).count(empty) > 0)
    }
}
