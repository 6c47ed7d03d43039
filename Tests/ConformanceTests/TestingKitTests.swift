import AgentRouteTesting
import Testing

/// The tools of these tests, held against each other: a promise is worth what its witness is worth.
extension Conformance {
    @Suite("the tools of the tests")
    struct TestingKit {
        @Test("the upstream records requests byte for byte and plays its script")
        func recordAndPlay() throws {
            let upstream = try FakeUpstream(answering: [
                .text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            ])
            defer { upstream.stop() }
            let client = try RawClient(port: upstream.port)
            let head = "POST /a?b HTTP/1.1\r\nHost:x\r\nx-A:  1 \r\n"
            client.send(
                head + "Content-Length: 3\r\n\r\nabc" + head
                    + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
            #expect(client.readResponse()?.text == "ok")
            #expect(client.readResponse()?.text == "ok")
            let requests = upstream.seen.requests
            #expect(requests.map(\.text) == ["abc", "abc"])
            #expect(
                requests[0].fields == [
                    .init("Host", "x"), .init("x-A", "1"), .init("Content-Length", "3"),
                ])
            #expect(requests[0].target == "/a?b")
        }

        @Test(
            "the client tells a whole body from a cut, a reset, a malformed and a silent one",
            arguments: [
                ("Content-Length: 3\r\n\r\nabc", HTTPResponse.End.complete),
                ("Content-Length: 4\r\n\r\nabc", .cut),
                ("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", .complete),
                ("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", .cut),
                ("Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", .malformed),
                ("\r\nabc", .complete),
            ])
        func ends(_ text: String, _ end: HTTPResponse.End) throws {
            let upstream = try FakeUpstream(answering: [
                .text("HTTP/1.1 200 OK\r\n" + text), .close,
            ])
            defer { upstream.stop() }
            let client = try RawClient(port: upstream.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            let response = try #require(client.readResponse())
            #expect(response.end == end)
            #expect(response.text == "abc")
        }

        @Test("a reset is seen as one, and silence as silence")
        func resetAndSilence() throws {
            let arrived = Gate()
            let start = FakeUpstream.Step.text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
            let upstream = try FakeUpstream { request in
                request.ordinal == 0
                    ? [start, .wait(until: arrived), .reset] : [start, .stallUntilClosed]
            }
            defer { upstream.stop() }
            let first = try RawClient(port: upstream.port)
            first.send("GET / HTTP/1.1\r\n\r\n")
            let head = try #require(first.readHead())
            arrived.open()
            #expect(first.readBody(of: head).end == .reset)
            let second = try RawClient(port: upstream.port, timeout: .milliseconds(50))
            second.send("GET / HTTP/1.1\r\n\r\n")
            #expect(second.readResponse()?.end == .timedOut)
            second.close()
            #expect(upstream.awaitPeerClosed(connection: 1))
        }

        @Test("a reader that stops stalls the upstream, and the kernel's queues account for it")
        func stall() throws {
            let flood = Flood.all[1]
            let upstream = try FakeUpstream(sendBuffer: 65_536) { _ in [.bytes(flood.bytes)] }
            defer { upstream.stop() }
            let client = try RawClient(port: upstream.port, receiveBuffer: 32_768)
            client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(upstream.awaitStall())
            let written = upstream.seen.bytesWritten
            #expect(KernelQueues.byteCount(ofPort: upstream.port) == written)
            #expect(client.readResponse()?.body == flood.body)
        }
    }
}
