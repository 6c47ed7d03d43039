import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("Bodies that are no answers")
struct ForeignBodyTests {
    private static let pairs = GoldenPair.clients.flatMap { GoldenPair.of(client: $0) }

    /// What the client is told where the provider answers 200 with `body`.
    private func message(
        _ body: String, _ contentType: String?, _ pair: GoldenPair
    ) throws -> String? {
        var call = RequestCall()
        if pair.client == .gemini { call.model = "m" }
        let handler = try pair.handler()
        let bytes = try Golden.bytes("streams/clients/\(pair.client.rawValue).json")
        let request = try handler.translate(bytes, call, isStrict: false)
        let answer = NativeAnswer(
            to: request, id: "a", created: 0, inputEstimate: nil, wantsEvents: true)
        answer.begin(isEventStream: false, contentType: contentType)
        var writer = ByteWriter()
        answer.feed(Array(body.utf8).span.bytes, into: &writer)
        answer.finish(into: &writer)
        let failure = try #require(answer.failure)
        #expect(failure.status == 502)
        return handler.body(of: failure, requestID: "r")["error"]?["message"]?.string
    }

    @Test("a page is told by its type and its title in every dialect", arguments: pairs)
    func page(_ pair: GoldenPair) throws {
        let page = """
            \u{FEFF}<!DOCTYPE html>
            <html><head><meta name="titled"><TITLE lang="en">
              Sign in &amp; wait
            </TITLE></head><body>no</body></html>
            """
        #expect(
            try message(page, "text/html; charset=utf-8", pair)
                == "provider \(pair.upstream.rawValue): its answer is no JSON but a page "
                + "(text/html; charset=utf-8): Sign in & wait")
    }

    @Test(
        "the words about a body are of one line and bounded",
        arguments: [
            ("", nil, "is empty"), (" \n", "text/html", "is empty (text/html)"),
            ("<html><body>x", nil, "is no JSON but a page"),
            ("<p><titles>x</titles>", nil, "is no JSON but a page"),
            ("<title></title>", "a/b", "is no JSON but a page (a/b)"),
            ("bad\ngateway", "text/plain", "is no JSON (text/plain): bad gateway"),
            ("<title>a\nb\t c</title>", nil, "is no JSON but a page: a b c"),
            (
                "<title>&lt;&#39;&unknown;&amp;lt;</title>", nil,
                "is no JSON but a page: <'&unknown;&lt;"
            ),
        ] as [(String, String?, String)])
    func words(text: String, contentType: String?, expected: String) {
        #expect(ForeignBody.words(text, contentType: contentType) == expected)
    }

    @Test("a long title is cut")
    func bounded() {
        let long = "<title>\(String(repeating: "x ", count: 9000))</title>"
        #expect(ForeignBody.title(of: long)?.count == 201)
        let text = ForeignBody.words(String(repeating: "y", count: 9000), contentType: nil)
        #expect(text.count < 240)
    }
}
