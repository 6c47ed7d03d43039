import AgentRouteCore
import AgentRouteTesting
import Testing

extension Conformance {
    @Suite("HTTP: malformed and ambiguous requests")
    struct MalformedRequests {
        @Test(
            "refused, the connection closed, nothing at the provider",
            arguments: MalformedRequest.all)
        func refused(_ malformed: MalformedRequest) async throws {
            var options = Setup.Options()
            options.limits = #"{"headBytes":8192,"bodyBytes":65536}"#
            try await Setup.run(options: options, script: { _ in [Answer.plain("{}")] }) { setup in
                let client = try setup.client()
                client.send(malformed.bytes(setup))
                let response = try #require(client.readResponse(), "no answer")
                #expect(malformed.statuses.contains(response.status), "\(response.status)")
                #expect(response.value("connection")?.lowercased() == "close")
                let rest = try #require(client.readUntilClosed(), "the connection is left open")
                #expect(rest.isEmpty, "answered twice")
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test(
            "a request that ends before its body does reaches no provider",
            arguments: [true, false])
        func truncatedBody(reset: Bool) async throws {
            try await Setup.run(script: { _ in [Answer.plain("{}")] }) { setup in
                let client = try setup.client()
                client.send(Array(setup.request().dropLast()))
                if reset { client.reset() } else { client.halfClose() }
                if !reset { #expect(client.readUntilClosed() != nil) }
                let records = setup.gateway.awaitRecords(1)
                let fitting: Set = reset ? ["client-gone"] : ["client-gone", "refused"]
                #expect(records.count == 1)
                #expect(fitting.isSuperset(of: records.map(\.outcome.rawValue)))
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }

        @Test(
            "a head or a body that stalls ends the connection in the configured time",
            arguments: [5, 300])
        func stalls(sentBytes: Int) async throws {
            var options = Setup.Options()
            options.limits = #"{"head":"200ms","body":"200ms"}"#
            try await Setup.run(options: options, script: { _ in [Answer.plain("{}")] }) { setup in
                let client = try setup.client()
                let padding = "x-padding: " + String(repeating: "p", count: 300)
                let request = setup.request(fields: sentBytes == 5 ? [] : [padding])
                client.send(sentBytes == 5 ? Array(request.prefix(5)) : Array(request.dropLast()))
                let answer = try #require(client.readUntilClosed(), "left open")
                #expect(
                    answer.isEmpty
                        || String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
                #expect(setup.upstream.seen.requests.isEmpty)
            }
        }
    }
}

/// A request whose one fault is on show. In its text «HOST» and «AUTH» stand for the two right
/// fields, and lines end with CR LF where the text says `\r\n`.
struct MalformedRequest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The answers that fit.
    let statuses: Set<Int>
    private let text: String

    private init(_ testDescription: String, by statuses: Set<Int> = [400], _ text: String) {
        self.testDescription = testDescription
        self.statuses = statuses
        self.text = text
    }

    /// A POST whose own fields and body are `rest`; `rest` brings its empty line.
    private static func post(_ name: String, by statuses: Set<Int> = [400], _ rest: String)
        -> MalformedRequest
    {
        .init(
            name, by: statuses, "POST /v1/chat/completions HTTP/1.1\r\n«HOST»\r\n«AUTH»\r\n" + rest)
    }

    func bytes(_ setup: Setup) -> [UInt8] {
        Array(
            text.replacing("«HOST»", with: "Host: 127.0.0.1:\(setup.gateway.port)")
                .replacing("«AUTH»", with: "Authorization: Bearer \(setup.gateway.token)").utf8)
    }

    private static let json = #"{"model":"agentroute-heavy"}"#
    private static let whole = "Content-Length: 28\r\n\r\n" + json
    private static let chunked = "Transfer-Encoding: chunked\r\n\r\n"

    static let all = framing + chunks + fields + startLines + sizes

    private static let framing: [MalformedRequest] = [
        .post(
            "Content-Length and Transfer-Encoding",
            "Content-Length: 28\r\n\(chunked)1c\r\n\(json)\r\n0\r\n\r\n"),
        .post(
            "Transfer-Encoding and Content-Length",
            "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n1c\r\n\(json)\r\n0\r\n\r\n"),
        .post("the same Content-Length twice", "Content-Length: 28\r\n\(whole)"),
        .post("two Content-Lengths", "Content-Length: 2\r\n\(whole)"),
        .post("a list of Content-Lengths", "Content-Length: 28, 28\r\n\r\n\(json)"),
        .post("a signed Content-Length", "Content-Length: +28\r\n\r\n\(json)"),
        .post("a negative Content-Length", "Content-Length: -28\r\n\r\n\(json)"),
        .post("a hexadecimal Content-Length", "Content-Length: 0x1c\r\n\r\n\(json)"),
        .post("a Content-Length with a space in it", "Content-Length: 2 8\r\n\r\n\(json)"),
        .post("an empty Content-Length", "Content-Length:\r\n\r\n\(json)"),
        .post(
            "a Content-Length beyond 64 bits", by: [400, 413],
            "Content-Length: 18446744073709551644\r\n\r\n\(json)"),
        .post(
            "an unknown transfer coding", by: [400, 501], "Transfer-Encoding: gzip\r\n\r\n\(json)"),
        .post(
            "a coding before chunked", by: [400, 501],
            "Transfer-Encoding: gzip, chunked\r\n\r\n1c\r\n\(json)\r\n0\r\n\r\n"),
        .post(
            "chunked not last", by: [400, 501],
            "Transfer-Encoding: chunked, gzip\r\n\r\n1c\r\n\(json)\r\n0\r\n\r\n"),
        .post(
            "chunked twice in one field", by: [400, 501],
            "Transfer-Encoding: chunked, chunked\r\n\r\n1c\r\n\(json)\r\n0\r\n\r\n"),
        .post(
            "chunked in two fields", by: [400, 501],
            "Transfer-Encoding: chunked\r\n\(chunked)1c\r\n\(json)\r\n0\r\n\r\n"),
        .post("identity", by: [400, 501], "Transfer-Encoding: identity\r\n\r\n\(json)"),
        .post(
            "almost chunked", by: [400, 501],
            "Transfer-Encoding: xchunked\r\n\r\n1c\r\n\(json)\r\n0\r\n\r\n"),
        .init(
            "Transfer-Encoding in HTTP/1.0", by: [400, 501],
            "POST /v1/chat/completions HTTP/1.0\r\n«HOST»\r\n«AUTH»\r\n\(chunked)1c\r\n\(json)\r\n0\r\n\r\n"
        ),
    ]

    private static let chunks: [MalformedRequest] = [
        .post("a chunk size that is no number", chunked + "zz\r\n\(json)\r\n0\r\n\r\n"),
        .post("an empty chunk size", chunked + "\r\n\(json)\r\n0\r\n\r\n"),
        .post("a signed chunk size", chunked + "+1c\r\n\(json)\r\n0\r\n\r\n"),
        .post("a chunk size with 0x", chunked + "0x1c\r\n\(json)\r\n0\r\n\r\n"),
        .post("a space before a chunk size", chunked + " 1c\r\n\(json)\r\n0\r\n\r\n"),
        .post(
            "a chunk size beyond 64 bits", by: [400, 413],
            chunked + "1000000000000001c\r\n\(json)\r\n0\r\n\r\n"),
        .post("a chunk longer than its size", chunked + "1b\r\n\(json)\r\n0\r\n\r\n"),
        .post("a bare LF after a chunk size", chunked + "1c\n\(json)\r\n0\r\n\r\n"),
        .post("a bare LF after a chunk", chunked + "1c\r\n\(json)\n0\r\n\r\n"),
        .post("a bare CR in a chunk size line", chunked + "1c\rX\n\(json)\r\n0\r\n\r\n"),
        .post("a malformed trailer", chunked + "1c\r\n\(json)\r\n0\r\nX Y: 1\r\n\r\n"),
    ]

    private static let fields: [MalformedRequest] = [
        .post("a space before the colon", "X-A : 1\r\n\(whole)"),
        .post("a tab before the colon", "X-A\t: 1\r\n\(whole)"),
        .post("a space before Content-Length's colon", "Content-Length : 28\r\n\r\n\(json)"),
        .post("a folded line", "X-A: 1\r\n folded\r\n\(whole)"),
        .post("a line folded with a tab", "X-A: 1\r\n\tfolded\r\n\(whole)"),
        .post("a NUL in a value", "X-A: a\u{0}b\r\n\(whole)"),
        .post("a NUL in a name", "X\u{0}A: 1\r\n\(whole)"),
        .post("a control character in a value", "X-A: a\u{1}b\r\n\(whole)"),
        .post("a bare CR in a value", "X-A: a\rb\r\n\(whole)"),
        .post("no name", ": 1\r\n\(whole)"),
        .post("no colon", "X-A\r\n\(whole)"),
        .post("a bracket in a name", "X(A): 1\r\n\(whole)"),
        .post("a space in a name", "X A: 1\r\n\(whole)"),
        .post("a bare LF after a field", "X-A: 1\n\(whole)"),
        .post("a bare LF for the empty line", "Content-Length: 28\r\n\n\(json)"),
        .post("two Hosts", "Host: 127.0.0.1\r\n\(whole)"),
        .init("no Host", "POST /v1/chat/completions HTTP/1.1\r\n«AUTH»\r\n\(whole)"),
        .init(
            "a space before the first field",
            "POST /v1/chat/completions HTTP/1.1\r\n X: 1\r\n«HOST»\r\n«AUTH»\r\n\(whole)"),
    ]

    private static let startLines: [MalformedRequest] = [
        start("bare LF after the request line", "POST /v1/chat/completions HTTP/1.1\n"),
        start("HTTP/2.0", by: [400, 505], "POST /v1/chat/completions HTTP/2.0\r\n"),
        start("HTTP/1.7", by: [400, 505], "POST /v1/chat/completions HTTP/1.7\r\n"),
        start("HTTP/0.9 with a version", by: [400, 505], "POST /v1/chat/completions HTTP/0.9\r\n"),
        start("no version", by: [400, 505], "POST /v1/chat/completions\r\n"),
        start("a version in lower case", by: [400, 505], "POST /v1/chat/completions http/1.1\r\n"),
        start("another protocol", "POST /v1/chat/completions RTSP/1.0\r\n"),
        start("no target", "POST HTTP/1.1\r\n"),
        start("a space in the target", "POST /v1/chat /completions HTTP/1.1\r\n"),
        start("a control character in the target", "POST /v1/chat\u{1}/completions HTTP/1.1\r\n"),
        start("a NUL in the target", "POST /v1/chat/completions\u{0} HTTP/1.1\r\n"),
        start("a method that is no token", "PO(ST /v1/chat/completions HTTP/1.1\r\n"),
        .init("the first bytes of TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n"),
        .init("the preface of HTTP/2", by: [400, 505], "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ]

    private static let sizes: [MalformedRequest] = [
        .post(
            "a field larger than the limit", by: [431],
            "X-A: \(String(repeating: "a", count: 9_000))\r\n\(whole)"),
        .post(
            "a head larger than the limit", by: [431],
            String(repeating: "X-A: \(String(repeating: "a", count: 90))\r\n", count: 100) + whole),
        start(
            "a target larger than the limit", by: [414, 431],
            "POST /v1/\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\n"),
        .post(
            "a Content-Length larger than the limit", by: [413], "Content-Length: 65537\r\n\r\n{"),
        .post(
            "a chunked body larger than the limit", by: [413],
            chunked
                + String(
                    repeating: "1000\r\n\(String(repeating: " ", count: 4_096))\r\n", count: 17)),
    ]

    private static func start(_ name: String, by statuses: Set<Int> = [400], _ line: String)
        -> MalformedRequest
    {
        .init(name, by: statuses, line + "«HOST»\r\n«AUTH»\r\n" + whole)
    }
}
