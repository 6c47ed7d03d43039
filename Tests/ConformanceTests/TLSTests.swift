import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Foundation
import Testing

extension Conformance {
    @Suite("TLS to the provider")
    struct TLS {
        @Test("with the provider's caFile a stream arrives byte for byte", arguments: WireCase.all)
        func trusted(_ wire: WireCase) async throws {
            let bytes = Answer.stream(wire.events)
            try await run(wire, TLSCase(), script: { _ in [.text(bytes)] }) { setup in
                for _ in 0..<2 {
                    let response = try setup.exchange(setup.request())
                    #expect(response.text == wire.stream)
                    #expect(response.end == .complete)
                }
                #expect(setup.upstream.seen.connectionCount == 1)
                let expected = wire.body(model: wire.upstreamModel)
                #expect(setup.upstream.seen.requests.allSatisfy { $0.body == expected })
            }
        }

        @Test("a large body goes both ways whole")
        func large() async throws {
            let text = String(repeating: "é漢😀 0123456789 ", count: 100_000)
            let body = Array(#"{"a":"\#(text)","model":"lab/x"}"#.utf8)
            let script: FakeUpstream.Script = { request in [Answer.plain(request.text)] }
            try await run(.chat, TLSCase(), script: script) { setup in
                let request = setup.message("POST", "/v1/chat/completions", body: body)
                let response = try setup.exchange(request)
                #expect(response.text == #"{"a":"\#(text)","model":"x"}"#)
            }
        }

        @Test(
            "a provider that cannot be trusted gets no request, and the client an error",
            arguments: TLSCase.untrusted, WireCase.all)
        func untrusted(_ example: TLSCase, _ wire: WireCase) async throws {
            try await run(wire, example, script: { _ in [Answer.plain("{}")] }) { setup in
                let response = try setup.exchange(setup.request())
                let error = try DialectError.expect(response, status: 502, wire: wire.wire)
                #expect(error.message.contains("lab"))
                #expect(setup.upstream.seen.requests.isEmpty)
                #expect(
                    setup.gateway.awaitRecords(1).map(\.outcome.rawValue) == ["upstream-failed"])
            }
        }

        @Test("a stream cut without TLS's own end is an error event, and looks in no way finished")
        func cut() async throws {
            let wire = WireCase.messages
            let start = Answer.streamHead + Answer.chunk(wire.events[0])
            try await run(wire, TLSCase(), script: { _ in [.text(start), .close] }) { setup in
                let response = try setup.exchange(setup.request())
                #expect(response.end != .complete)
                #expect(response.text.hasPrefix(wire.events[0]))
                let tail = String(response.text.dropFirst(wire.events[0].count))
                #expect(CutStream.isErrorEvent(tail, of: wire.wire), "\(response.text)")
            }
        }

        private func run(
            _ wire: WireCase, _ example: TLSCase, script: @escaping FakeUpstream.Script,
            body: @Sendable (Setup) async throws -> Void
        ) async throws {
            let identity = try TLSTerminator.Identity(name: example.certificateName)
            defer { try? FileManager.default.removeItem(at: identity.directory) }
            let plain = try FakeUpstream(greeting: example.greeting, script: script)
            defer { plain.stop() }
            let terminator = try TLSTerminator(identity: identity, upstream: plain.port)
            defer { terminator.stop() }
            var options = Setup.Options()
            let port = example.isPlain ? plain.port : terminator.port
            options.baseURL = "https://\(example.host):\(port)\(wire.basePath)"
            if example.isTrusted {
                options.providerExtras = #", "caFile": "\#(identity.certificate)""#
            }
            try await Setup.run(wire, options: options, script: script) { setup in
                try await body(Setup(wire: wire, upstream: plain, gateway: setup.gateway))
            }
        }
    }
}

/// How a TLS server and what is expected of it fit; by default they do.
struct TLSCase: Sendable, CustomTestStringConvertible {
    var testDescription = "as configured"
    var host = "127.0.0.1"
    var certificateName = "IP:127.0.0.1"
    var isTrusted = true
    /// The server speaks no TLS at all.
    var isPlain = false

    /// What a server without TLS says to the first bytes of it.
    var greeting: [FakeUpstream.Step] {
        isPlain ? [.text("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), .close] : []
    }

    static let untrusted = [
        TLSCase(testDescription: "signed by nobody known", isTrusted: false),
        TLSCase(testDescription: "for another name", certificateName: "DNS:other.example"),
        TLSCase(testDescription: "for another address", certificateName: "IP:127.0.0.2"),
        TLSCase(
            testDescription: "for a name, asked by address", certificateName: "DNS:localhost"),
        TLSCase(testDescription: "no TLS", isPlain: true),
    ]
}
