/// One connection of a `FakeUpstream`, served on its own thread.
struct UpstreamConnection {
    let socket: Socket
    let number: Int
    let upstream: FakeUpstream

    /// Whether the connection can be used after a step.
    private enum Outcome {
        case goOn
        case finished
    }

    /// Plays the greeting, then the script for each request, until either side ends.
    func serve() {
        defer { socket.close() }
        guard play(upstream.greeting) == .goOn else { return }
        var buffer: [UInt8] = []
        while let (head, body) = readRequest(&buffer) {
            var request: RecordedRequest?
            upstream.log.update { log in
                let recorded = RecordedRequest(
                    connection: number, ordinal: log.requests.count, head: head, body: body)
                log.requests.append(recorded)
                request = recorded
            }
            guard let request, play(upstream.script(request)) == .goOn else { return }
        }
    }

    private func play(_ steps: [FakeUpstream.Step]) -> Outcome {
        for step in steps {
            guard perform(step) == .goOn else { return .finished }
        }
        return .goOn
    }

    private func perform(_ step: FakeUpstream.Step) -> Outcome {
        switch step {
        case .bytes(let bytes):
            return write(bytes)
        case .wait(let gate):
            return wait(for: gate.descriptor, timeout: nil)
        case .pause(let milliseconds):
            return wait(for: nil, timeout: .milliseconds(milliseconds))
        case .close:
            socket.finishWriting()
            drainUntilPeerCloses()
            return .finished
        case .reset:
            socket.reset()
            upstream.log.update { $0.reset.insert(number) }
            return .finished
        case .stallUntilClosed:
            drainUntilPeerCloses()
            return .finished
        }
    }

    private func write(_ bytes: [UInt8]) -> Outcome {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch socket.write(rest) {
            case .count(let count):
                rest = rest.dropFirst(count)
                upstream.log.update { $0.bytesWritten += count }
            case .wouldBlock:
                let ready = Readiness.wait(
                    for: [
                        .init(socket.descriptor, writable),
                        .init(upstream.stopping.descriptor, readable),
                    ], timeout: nil)
                if ready[1] != 0 { return .finished }
            case .end, .reset:
                return peerClosed()
            }
        }
        return .goOn
    }

    /// Waits for `descriptor` or the time, whichever comes; ends when the peer goes away meanwhile.
    private func wait(for descriptor: Int32?, timeout: Duration?) -> Outcome {
        let interests = [
            Interest(upstream.stopping.descriptor, readable),
            Interest(socket.descriptor, hungUp),
            Interest(descriptor ?? -1, readable),
        ]
        let ready = Readiness.wait(for: interests, timeout: timeout)
        if ready[0] != 0 { return .finished }
        return ready[1] != 0 ? peerClosed() : .goOn
    }

    private func drainUntilPeerCloses() {
        var discarded: [UInt8] = []
        while case .count = fill(&discarded) { discarded.removeAll() }
    }

    private func peerClosed() -> Outcome {
        upstream.log.update { $0.closedByPeer.insert(number) }
        return .finished
    }

    private func readRequest(_ buffer: inout [UInt8]) -> (head: [UInt8], body: [UInt8])? {
        var headEnd = HTTPText.headEnd(in: buffer, from: 0)
        while headEnd == nil {
            guard case .count = fill(&buffer) else { return nil }
            headEnd = HTTPText.headEnd(in: buffer, from: 0)
        }
        guard let headEnd else { return nil }
        let head = Array(buffer[..<headEnd])
        buffer.removeFirst(headEnd)
        let fields = HTTPText.split(head).fields
        if fields.value("transfer-encoding")?.lowercased() == "chunked" {
            return readChunks(&buffer).map { (head, $0) }
        }
        let count = fields.value("content-length").flatMap { Int($0) } ?? 0
        while buffer.count < count {
            guard case .count = fill(&buffer) else { return nil }
        }
        let body = Array(buffer[..<count])
        buffer.removeFirst(count)
        return (head, body)
    }

    private func readChunks(_ buffer: inout [UInt8]) -> [UInt8]? {
        var decoder = ChunkedDecoder()
        while true {
            guard let count = try? decoder.feed(buffer[...]) else { return nil }
            buffer.removeFirst(count)
            if decoder.isDone { return decoder.body }
            guard case .count = fill(&buffer) else { return nil }
        }
    }

    /// Blocks for more bytes. Notes it when the peer has gone; a stop reads as an end.
    private func fill(_ buffer: inout [UInt8]) -> Socket.Transfer {
        while true {
            let ready = Readiness.wait(
                for: [
                    .init(socket.descriptor, readable),
                    .init(upstream.stopping.descriptor, readable),
                ], timeout: nil)
            if ready[1] != 0 { return .end }
            let result = socket.read(into: &buffer, limit: 65_536)
            if result == .wouldBlock { continue }
            if result == .end || result == .reset { _ = peerClosed() }
            return result
        }
    }
}
