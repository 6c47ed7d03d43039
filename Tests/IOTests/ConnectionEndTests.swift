import AgentRouteIO
import Testing

@Suite("Ends of connections")
struct ConnectionEndTests {
    @Test("a port in use is an error that says so")
    func busyPort() throws {
        let wired = try Wired { _ in nil }
        let error = #expect(throws: IOError.self) {
            try Listener(
                loop: wired.loop, host: "127.0.0.1", port: wired.listener.port,
                limits: ConnectionLimits(), accept: { _ in nil })
        }
        #expect(error?.isAddressInUse == true)
        #expect(error?.operation == "listen on 127.0.0.1 port \(wired.listener.port)")
    }

    @Test("a closed listener frees its port")
    func closedListener() throws {
        let wired = try Wired { _ in nil }
        wired.listener.close()
        wired.loop.poll()
        let client = ClientScript(request: get)
        wired.exchange(client)
        #expect(client.end?.reason == .refused)
    }

    @Test("a refused connection is closed and ignores every call")
    func refusedByAccept() throws {
        var refused: ServerConnection?
        let wired = try Wired { connection in
            refused = connection
            return nil
        }
        let client = ClientScript(request: get)
        wired.exchange(client)
        #expect(client.end != nil)
        let connection = try #require(refused)
        exerciseClosed(connection)
    }

    @Test("a closed connection ignores every call and lets go of its handler")
    func callsAfterClose() throws {
        var kept: ServerConnection?
        weak var handler: ServerScript?
        var closed = 0
        let wired = try Wired { connection in
            let server = ServerScript()
            handler = server
            kept = connection
            server.onRequest = { connection, _ in connection.answer("x", keepAlive: false) }
            server.onClosed = { closed += 1 }
            return server
        }
        let client = ClientScript(request: get)
        wired.exchange(client)
        let watch = LoopTimer(loop: wired.loop, after: 1, repeat: 1) { [loop = wired.loop] in
            if closed == 1 { loop.stop() }
        }
        runUntilStopped(wired.loop)
        watch.cancel()
        let connection = try #require(kept)
        #expect(handler == nil)
        #expect(connection.handler == nil)
        exerciseClosed(connection)
        wired.loop.poll()
        #expect(closed == 1)
    }

    @Test("a client that goes away is told as such")
    func clientGone() throws {
        var end: ConnectionEnd?
        let wired = try Wired { connection in
            let server = ServerScript()
            server.onEnd = { _, told in end = told }
            return server
        }
        let client = ClientScript(request: get)
        var connection: ClientConnection?
        let watch = LoopTimer(loop: wired.loop, after: 1, repeat: 1) { [loop = wired.loop] in
            connection?.close()
            if end != nil { loop.stop() }
        }
        connection = wired.origin.connect(handler: client, pooled: true)
        runUntilStopped(wired.loop)
        watch.cancel()
        #expect(end?.reason == .eof || end?.reason == .reset)
    }

    @Test("a response that is not HTTP is malformed, with a word on why")
    func malformed() throws {
        let wired = try Wired { _ in
            let server = ServerScript()
            server.onRequest = { connection, _ in
                "SSH-2.0-nothing here\r\n\r\n".withSpan(connection.write)
            }
            return server
        }
        let client = ClientScript(request: get)
        wired.exchange(client)
        #expect(client.end?.reason == .malformed)
        #expect(client.end?.detail.isEmpty == false)
    }

    @Test("a host without an address is unresolved")
    func unresolved() throws {
        let loop = try EventLoop()
        // A label longer than DNS has: the resolver gives up without asking anybody.
        let host = String(repeating: "a", count: 64) + ".invalid"
        let origin = Origin(loop: loop, options: OriginOptions(host: host, port: 1))
        let client = ClientScript(request: get)
        client.onClosed = { loop.stop() }
        _ = origin.connect(handler: client, pooled: true)
        runUntilStopped(loop)
        #expect(client.end?.reason == .unresolved)
    }

    @Test("a file of trust anchors that is not there is an error that names it")
    func missingAnchors() {
        let error = #expect(throws: IOError.self) { try TLSContext(caFile: "/nonexistent.pem") }
        #expect(error?.description.contains("/nonexistent.pem") == true)
        #expect(error?.text.isEmpty == false)
    }

    private func exerciseClosed(_ connection: ServerConnection) {
        "late".withSpan { late in
            connection.write(late)
            connection.write(late, late)
            connection.writeChunk(late)
        }
        connection.writeLastChunk()
        connection.dropRequest()
        connection.next(keepAlive: true)
        connection.finishAndClose()
        connection.close()
        #expect(connection.pendingByteCount == 0)
        #expect(connection.head == nil)
    }
}
