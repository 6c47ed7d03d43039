import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

extension Conformance {
    @Suite("upstream faults inside the answer")
    struct CutStreams {
        @Test(
            "wherever a stream is cut, what came whole is kept, an error event follows, and nothing looks finished",
            arguments: WireCase.all)
        func everyCut(_ wire: WireCase) async throws {
            let stream = Array(Answer.stream(wire.events).utf8)
            let head = Answer.streamHead.utf8.count
            let script: FakeUpstream.Script = { request in
                [.bytes(Array(stream[..<(head + request.ordinal)])), .close]
            }
            try await Setup.run(wire, script: script) { setup in
                for cut in head..<stream.count {
                    let response = try setup.exchange(setup.request())
                    let arrived = decoded(stream[head..<cut])
                    guard let fault = fault(in: response, arrived: arrived, wire: wire) else {
                        continue
                    }
                    Issue.record("cut at \(cut - head): \(fault); got \(response.text)")
                    return
                }
                let records = setup.gateway.awaitRecords(stream.count - head)
                #expect(Set(records.map(\.outcome.rawValue)) == ["upstream-cut"])
                #expect(setup.upstream.seen.requests.count == stream.count - head)
            }
        }

        @Test("a reset inside a stream is an error event and no end", arguments: WireCase.all)
        func reset(_ wire: WireCase) async throws {
            let arrived = Gate()
            let start =
                Answer.streamHead + Answer.chunk(wire.events[0]) + "ff\r\n"
                + wire.events[1].prefix(9)
            try await Setup.run(
                wire, script: { _ in [.text(start), .wait(until: arrived), .reset] }
            ) { setup in
                let client = try setup.client()
                client.send(setup.request())
                let head = try #require(client.readHead())
                arrived.open()
                let response = client.readBody(of: head)
                #expect(response.end != .complete)
                let tail = tail(of: response, after: wire.events[0])
                #expect(CutStream.isErrorEvent(tail, of: wire.wire), "\(response.text)")
            }
        }

        @Test("silence inside a stream ends it with an error event", arguments: WireCase.all)
        func silence(_ wire: WireCase) async throws {
            var options = Setup.Options()
            options.timeouts = #"{"connect":"2s","headers":"2s","silence":"200ms"}"#
            let start = Answer.streamHead + Answer.chunk(wire.events[0])
            let steps: [FakeUpstream.Step] = [.text(start), .stallUntilClosed]
            try await Setup.run(wire, options: options, script: { _ in steps }) { setup in
                let response = try setup.exchange(setup.request())
                #expect(response.end == .cut)
                let tail = tail(of: response, after: wire.events[0])
                #expect(CutStream.isErrorEvent(tail, of: wire.wire), "\(response.text)")
                #expect(
                    setup.gateway.awaitRecords(1).map(\.outcome.rawValue) == ["upstream-timeout"])
                #expect(setup.upstream.awaitPeerClosed())
            }
        }

        @Test(
            "broken chunks inside a stream end it with an error event",
            arguments: ["zz\r\n", "5\r\ndata:x", "5\ndata:", "-1\r\n", "ffffffffffffffffff\r\n"])
        func brokenChunk(_ bytes: String) async throws {
            let wire = WireCase.messages
            let arrived = Gate()
            let start = Answer.streamHead + Answer.chunk(wire.events[0])
            let steps: [FakeUpstream.Step] = [
                .text(start), .wait(until: arrived), .text(bytes), .stallUntilClosed,
            ]
            try await Setup.run(wire, script: { _ in steps }) { setup in
                let client = try setup.client()
                client.send(setup.request())
                let head = try #require(client.readHead())
                arrived.open()
                let response = client.readBody(of: head)
                #expect(response.end == .cut)
                let tail = tail(of: response, after: wire.events[0])
                #expect(CutStream.isErrorEvent(tail, of: wire.wire), "\(response.text)")
                #expect(setup.gateway.awaitRecords(1).map(\.outcome.rawValue) == ["upstream-cut"])
            }
        }

        @Test(
            "a stream that ends in order without its last event is given none, and is noted",
            arguments: WireCase.all)
        func unfinished(_ wire: WireCase) async throws {
            let bytes = Answer.stream(Array(wire.events.dropLast()))
            try await Setup.run(wire, script: { _ in [.text(bytes)] }) { setup in
                let response = try setup.exchange(setup.request())
                #expect(response.text.hasPrefix(wire.events.dropLast().joined()))
                #expect(!response.text.contains(wire.terminal))
                #expect(
                    setup.gateway.awaitRecords(1).map(\.outcome.rawValue) == ["upstream-unfinished"]
                )
            }
        }

        @Test("a declared length that is not reached leaves the answer visibly cut")
        func shortBody() async throws {
            let head = Answer.head(
                "200 OK", ["Content-Type: application/json", "Content-Length: 500"])
            try await Setup.run(script: { _ in [.text(head + #"{"a":"#), .close] }) { setup in
                let client = try setup.client()
                client.send(setup.request())
                let response = try #require(client.readResponse())
                #expect(response.end == .cut)
                #expect(response.value("content-length") == "500")
                #expect(response.text.hasPrefix(#"{"a":"#))
                #expect(response.body.count < 500)
                #expect(setup.gateway.awaitRecords(1).map(\.outcome.rawValue) == ["upstream-cut"])
            }
        }

        @Test("bytes beyond the declared length never reach the client")
        func longBody() async throws {
            let head = Answer.head(
                "200 OK", ["Content-Type: application/json", "Content-Length: 2"])
            try await Setup.run(script: { _ in [.text(head + "{}HTTP/1.1 200 OK")] }) { setup in
                let client = try setup.client()
                client.send(setup.request() + setup.message("GET", "/healthz"))
                #expect(client.readResponse()?.text == "{}")
                #expect(client.readResponse()?.status == 200)
            }
        }

        @Test(
            "an answer that ends with its connection arrives whole, and framed",
            arguments: ["1.0", "1.1"])
        func closeDelimited(_ version: String) async throws {
            let wire = WireCase.chat
            let head = "HTTP/\(version) 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
            try await Setup.run(wire, script: { _ in [.text(head + wire.stream), .close] }) {
                setup in
                let client = try setup.client()
                for _ in 0..<2 {
                    client.send(setup.request())
                    let response = try #require(client.readResponse())
                    #expect(response.value("transfer-encoding") == "chunked")
                    #expect(response.text == wire.stream)
                    #expect(response.end == .complete)
                }
            }
        }

        @Test("an answer that ends with its connection and is reset is not taken for whole")
        func closeDelimitedReset() async throws {
            let wire = WireCase.messages
            let arrived = Gate()
            let start =
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + wire.events[0]
            try await Setup.run(
                wire, script: { _ in [.text(start), .wait(until: arrived), .reset] }
            ) { setup in
                let client = try setup.client()
                client.send(setup.request())
                let head = try #require(client.readHead())
                arrived.open()
                let response = client.readBody(of: head)
                #expect(response.end != .complete)
                #expect(
                    CutStream.isErrorEvent(
                        tail(of: response, after: wire.events[0]), of: wire.wire),
                    "\(response.text)")
            }
        }

        /// What is wrong with `response` to a stream of which `arrived` had come; nil if nothing.
        private func fault(in response: HTTPResponse, arrived: String, wire: WireCase) -> String? {
            if response.status == 502 { return arrived.isEmpty ? nil : "an error head after data" }
            if response.end == .complete { return "looks finished" }
            let whole = wholeEvents(of: arrived, wire: wire)
            guard response.text.hasPrefix(whole) else { return "whole events are missing" }
            let tail = String(response.text.dropFirst(whole.count))
            if whole.contains(wire.terminal) {
                return tail.isEmpty || CutStream.isErrorEvent(tail, of: wire.wire)
                    ? nil : "bytes after the last event"
            }
            return CutStream.isErrorEvent(tail, of: wire.wire) ? nil : "no error event at the end"
        }

        private func wholeEvents(of arrived: String, wire: WireCase) -> String {
            var whole = ""
            for event in wire.events where arrived.hasPrefix(whole + event) { whole += event }
            return whole
        }

        /// What a reader has of a chunked body cut short.
        private func decoded(_ bytes: ArraySlice<UInt8>) -> String {
            HTTPResponse.decodedPrefix(ofChunked: bytes)
        }

        private func tail(of response: HTTPResponse, after start: String) -> String {
            #expect(response.text.hasPrefix(start))
            return String(response.text.dropFirst(start.count))
        }
    }
}
