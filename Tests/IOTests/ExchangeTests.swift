import AgentRouteIO
import Testing

@Suite("Exchanges between a server and a client connection")
struct ExchangeTests {
    @Test("a head is seen in place: method, target, fields in order, framing")
    func head() throws {
        var seen: [String] = []
        let wired = try Wired { _ in
            let server = ServerScript()
            server.onHead = { _, head in
                head.withBytes { bytes in
                    seen.append(bytes.slice(head.methodRange))
                    seen.append(bytes.slice(head.targetRange))
                    for index in 0..<head.fieldCount {
                        let name = bytes.slice(head.nameRange(index))
                        seen.append("\(name)=\(bytes.slice(head.valueRange(index)))")
                    }
                }
                #expect(head.minorVersion == 1 && head.keepAlive && !head.wantsUpgrade)
                #expect(head.framing == .length && head.contentLength == 4)
                return .gather
            }
            server.onRequest = { connection, body in
                seen.append(body.text)
                #expect(connection.head?.fieldCount == 4)
                #expect(connection.withBody { $0.text } == "body")
                connection.answer("done")
                #expect(connection.head == nil)
                #expect(connection.withBody { $0.byteCount } == 0)
            }
            return server
        }
        let client = ClientScript(
            request: "POST /v1/x?y HTTP/1.1\r\nHost: h\r\nX-Two:  a \r\nx-two: b\r\n"
                + "Content-Length: 4\r\n\r\nbody")
        wired.exchange(client)
        #expect(
            seen == [
                "POST", "/v1/x?y", "Host=h", "X-Two=a", "x-two=b", "Content-Length=4", "body",
            ])
        #expect(client.status == 200)
        #expect(client.body == Array("done".utf8))
    }

    @Test("a kept-alive connection is used again, and ready inside connect")
    func pool() throws {
        var accepted = 0
        let wired = try Wired { _ in
            accepted += 1
            let server = ServerScript()
            server.onRequest = { connection, _ in connection.answer("x") }
            return server
        }
        let first = ClientScript(request: get)
        wired.exchange(first)
        #expect(first.reused == false)
        #expect(wired.origin.idleCount == 1)

        let second = ClientScript(request: get)
        second.onClosed = { [loop = wired.loop] in loop.stop() }
        let connection = wired.origin.connect(handler: second, pooled: true)
        #expect(connection != nil)
        #expect(second.reused == true)
        runUntilStopped(wired.loop)
        #expect(second.body == Array("x".utf8))

        let third = ClientScript(request: get)
        wired.exchange(third, pooled: false)
        #expect(third.reused == false)
        #expect(accepted == 2)
        #expect(wired.origin.idleCount == 2)
        wired.origin.close()
        #expect(wired.origin.idleCount == 0)
        #expect(wired.origin.connect(handler: third, pooled: true) == nil)
    }

    @Test("a chunked body is what was written, chunk by chunk")
    func chunked() throws {
        let wired = try Wired { _ in
            let server = ServerScript()
            server.onRequest = { connection, _ in
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".withSpan(connection.write)
                for part in ["one ", "", "two"] { part.withSpan(connection.writeChunk) }
                connection.writeLastChunk()
                connection.next(keepAlive: true)
            }
            return server
        }
        let client = ClientScript(request: get)
        client.onHead = { _, head in #expect(head.framing == .chunked) }
        wired.exchange(client)
        #expect(String(decoding: client.body, as: UTF8.self) == "one two")
        #expect(client.end == nil)
    }

    @Test("a relayed stream reaches the client whole and in order")
    func relay() throws {
        let provider = try Wired { _ in
            let server = ServerScript()
            server.onRequest = { connection, _ in
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".withSpan(connection.write)
                for number in 0..<200 {
                    "data: {\"n\":\(number)}\n\n".withSpan(connection.writeChunk)
                }
                connection.writeLastChunk()
                connection.next(keepAlive: true)
            }
            return server
        }
        var observed = 0
        let gateway = try Wired(loop: provider.loop) { [unowned origin = provider.origin] client in
            let server = ServerScript()
            server.onRequest = { _, _ in
                let upstream = ClientScript(request: get)
                upstream.onHead = { source, _ in
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".withSpan {
                        source.relay(
                            to: client, head: $0, framing: .raw, content: .events)
                    }
                }
                upstream.onCompleted = { [unowned upstream] source in
                    observed = upstream.body.count
                    source.release()
                    client.next(keepAlive: true)
                }
                _ = origin.connect(handler: upstream, pooled: true)
            }
            return server
        }
        let client = ClientScript(request: get)
        gateway.exchange(client)
        let expected = (0..<200).map { "data: {\"n\":\($0)}\n\n" }.joined()
        #expect(String(decoding: client.body, as: UTF8.self) == expected)
        #expect(observed == expected.utf8.count)
    }

    @Test("a stream cut upstream ends with the abort's bytes and is seen as cut")
    func relayAbort() throws {
        let provider = try Wired { _ in
            let server = ServerScript()
            server.onRequest = { connection, _ in
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".withSpan(connection.write)
                "data: 1\n\n".withSpan(connection.writeChunk)
                connection.finishAndClose()
            }
            return server
        }
        var upstreamEnd: ConnectionEnd?
        let gateway = try Wired(loop: provider.loop) { [unowned origin = provider.origin] client in
            let server = ServerScript()
            server.onRequest = { _, _ in
                let upstream = ClientScript(request: get)
                upstream.onHead = { source, _ in
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".withSpan {
                        source.relay(
                            to: client, head: $0, framing: .raw, content: .events)
                    }
                }
                upstream.onEnd = { source, end in
                    upstreamEnd = end
                    #expect(source.relayStarted)
                    "data: cut\n\n".withSpan(source.relayAbort)
                    client.finishAndClose()
                }
                _ = origin.connect(handler: upstream, pooled: true)
            }
            return server
        }
        let client = ClientScript(request: get)
        gateway.exchange(client)
        #expect(upstreamEnd?.reason == .truncated)
        #expect(String(decoding: client.body, as: UTF8.self) == "data: 1\n\ndata: cut\n\n")
        #expect(client.end?.reason == .truncated)
    }

    @Test("a large request goes out whole while the caller keeps its bytes")
    func borrowed() throws {
        let count = 8 << 20
        var received = 0
        var drained = 0
        let wired = try Wired { _ in
            let server = ServerScript()
            server.onRequest = { connection, body in
                received = body.byteCount
                connection.answer("ok")
            }
            return server
        }
        let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(count)\r\n\r\n"
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: head.utf8.count + count, alignment: 1)
        defer { bytes.deallocate() }
        bytes.initializeMemory(as: UInt8.self, repeating: 0x61)
        bytes.copyBytes(from: head.utf8)
        let client = ClientScript(request: get)
        client.onReady = { connection in
            let all = UnsafeRawBufferPointer(bytes).bytes
            connection.write(
                head: all.extracting(first: head.utf8.count), before: RawSpan(),
                inserted: RawSpan(), after: all.extracting(droppingFirst: head.utf8.count))
            let pending = connection.pendingByteCount
            #expect(pending > 0)
            #expect(connection.sentByteCount + UInt64(pending) == UInt64(all.byteCount))
            connection.expectResponse(isHead: false)
        }
        client.onDrained = { _ in drained += 1 }
        wired.exchange(client)
        #expect(received == count)
        #expect(drained > 0)
        #expect(client.status == 200)
    }
}

extension RawSpan {
    fileprivate func slice(_ range: Range<Int>) -> String { extracting(range).text }
}
