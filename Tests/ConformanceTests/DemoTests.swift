import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Foundation
import Testing

extension Conformance {
    @Suite("the demo provider, over sockets")
    struct Demo {
        @Test("answers a request that is not streamed", arguments: DemoCase.all)
        func whole(_ demo: DemoCase) async throws {
            try await run { gateway in
                let response = try exchange(
                    gateway, demo.target(stream: false), demo.body(stream: false))
                #expect(response.status == 200)
                #expect(response.end == .complete)
                #expect(response.value("content-type")?.hasPrefix("application/json") == true)
                try #expect(
                    JSONSerialization.jsonObject(with: Data(response.body)) is [String: Any])
                #expect(response.text.contains(demo.wholeMarker))
                try expectRecord(gateway, demo)
            }
        }

        @Test(
            "streams text, thinking and a tool call, to the wire's last event",
            arguments: DemoCase.all)
        func streamed(_ demo: DemoCase) async throws {
            try await run { gateway in
                let response = try exchange(
                    gateway, demo.target(stream: true), demo.body(stream: true))
                #expect(response.status == 200)
                #expect(response.end == .complete)
                #expect(response.value("content-type")?.hasPrefix("text/event-stream") == true)
                #expect(response.text.hasSuffix("\n\n"))
                let last = response.text.components(separatedBy: "\n\n").dropLast().last ?? ""
                #expect(last.contains(demo.wire.terminal), "\(last)")
                for marker in demo.streamMarkers {
                    #expect(response.text.contains(marker), "no \(marker)")
                }
                try expectRecord(gateway, demo)
            }
        }

        @Test("a client that goes away ends a demo stream, and the gateway lives on")
        func gone() async throws {
            try await run { gateway in
                let client = try RawClient(port: gateway.port)
                let demo = DemoCase.all[0]
                client.send(message(gateway, demo.target(stream: true), demo.body(stream: true)))
                #expect(client.readHead()?.status == 200)
                client.reset()
                #expect(gateway.awaitRecords(1).map(\.outcome.rawValue) == ["client-gone"])
                let response = try exchange(
                    gateway, demo.target(stream: false), demo.body(stream: false))
                #expect(response.status == 200)
            }
        }

        private func expectRecord(_ gateway: GatewayFixture, _ demo: DemoCase) throws {
            let record = try #require(gateway.awaitRecords(1).first)
            #expect(record.wire == demo.wire.wire)
            #expect(record.provider == "demo")
            #expect(record.outcome.rawValue == "ok")
            #expect((record.usage?.output ?? 0) > 0)
        }

        private func run(_ body: @Sendable (GatewayFixture) throws -> Void) async throws {
            let gateway = try await GatewayFixture.start(
                configuration: """
                    { "listen": { "port": 0 }, "providers": { "demo": { "preset": "demo" } },
                      "profiles": { "default": { "heavy": "demo/scripted" } } }
                    """)
            do {
                try body(gateway)
                await gateway.stop()
            } catch {
                await gateway.stop()
                throw error
            }
        }

        private func exchange(
            _ gateway: GatewayFixture, _ target: String, _ body: String
        ) throws -> HTTPResponse {
            let client = try RawClient(port: gateway.port)
            client.send(message(gateway, target, body))
            return try #require(client.readResponse())
        }

        private func message(_ gateway: GatewayFixture, _ target: String, _ body: String) -> String
        {
            [
                "POST \(target) HTTP/1.1", "Host: 127.0.0.1:\(gateway.port)",
                "x-api-key: \(gateway.token)", "Content-Length: \(body.utf8.count)", "", body,
            ].joined(separator: "\r\n")
        }
    }
}

/// A request to the demo that offers a tool and asks for a file to be written.
struct DemoCase: Sendable, CustomTestStringConvertible {
    let wire: WireCase
    /// Members of the body after the model and the stream flag.
    private let rest: String
    let wholeMarker: String
    /// Text, thinking and the tool call, as the wire streams them.
    let streamMarkers: [String]

    var testDescription: String { wire.testDescription }

    func target(stream: Bool) -> String {
        if wire.wire != .gemini || stream { return wire.target }
        return "/v1beta/models/agentroute-heavy:generateContent"
    }

    func body(stream: Bool) -> String {
        if wire.wire == .gemini { return "{\(rest)}" }
        return #"{"model":"agentroute-heavy","stream":\#(stream),\#(rest)}"#
    }

    private static let schema = #"""
        {"type":"object","properties":{"file_path":{"type":"string"},"content":{"type":"string"}},
        "required":["file_path","content"]}
        """#
    private static let ask = "write hello.txt: hello from the demo"

    static let all = [
        DemoCase(
            wire: .messages,
            rest: #"""
                "max_tokens":500,"messages":[{"role":"user","content":"\#(ask)"}],
                "thinking":{"type":"enabled","budget_tokens":1024},
                "tools":[{"name":"Write","input_schema":\#(schema)}]
                """#, wholeMarker: "tool_use",
            streamMarkers: ["thinking_delta", "text_delta", "input_json_delta", #""tool_use""#]),
        DemoCase(
            wire: .chat,
            rest: #"""
                "messages":[{"role":"user","content":"\#(ask)"}],"stream_options":{"include_usage":true},
                "tools":[{"type":"function","function":{"name":"Write","parameters":\#(schema)}}]
                """#, wholeMarker: "tool_calls",
            streamMarkers: ["reasoning", #""content":""#, #""tool_calls""#]),
        DemoCase(
            wire: .responses,
            rest: #"""
                "input":[{"role":"user","content":"\#(ask)"}],
                "tools":[{"type":"function","name":"Write","parameters":\#(schema)}]
                """#, wholeMarker: "function_call",
            streamMarkers: [
                "reasoning", "response.output_text.delta", "response.function_call_arguments.delta",
            ]),
        DemoCase(
            wire: .gemini,
            rest: #"""
                "contents":[{"role":"user","parts":[{"text":"\#(ask)"}]}],
                "tools":[{"functionDeclarations":[{"name":"Write","parameters":\#(schema)}]}]
                """#, wholeMarker: "functionCall",
            streamMarkers: [#""thought":true"#, #""text""#, #""functionCall""#]),
    ]
}
