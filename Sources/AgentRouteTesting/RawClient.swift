/// A blocking HTTP client that sends exactly the bytes it is given and reads only when told.
///
/// For one thread at a time. Reading stops after `timeout` without a byte.
package final class RawClient {
    private let socket: Socket
    private let timeout: Duration
    private var buffer: [UInt8] = []

    /// Connects to 127.0.0.1:`port`. A small `receiveBuffer` (bytes) makes a client that stops
    /// reading felt soon.
    package init(
        port: UInt16, receiveBuffer: Int32? = nil, timeout: Duration = .seconds(10)
    ) throws(SocketError) {
        socket = try Socket.connected(port: port, receiveBuffer: receiveBuffer)
        self.timeout = timeout
    }

    /// The local port, which names this connection in the system's tables.
    package var localPort: UInt16 { socket.port }

    /// Sends all of `bytes`; stops early, without an error, when the peer has closed: what it
    /// answered can still be read.
    package func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch socket.write(rest) {
            case .count(let count): rest = rest.dropFirst(count)
            case .wouldBlock:
                let ready = Readiness.wait(
                    for: [.init(socket.descriptor, writable)], timeout: timeout)
                if ready[0] == 0 { return }
            case .end, .reset: return
            }
        }
    }

    /// Sends the UTF-8 bytes of `text`.
    package func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Reads one head; nil when the connection ends or stays silent before it is whole.
    package func readHead() -> HTTPResponse? {
        while true {
            if let end = HTTPText.headEnd(in: buffer, from: 0) {
                let head = Array(buffer[..<end])
                buffer.removeFirst(end)
                return HTTPResponse(head: head)
            }
            if case .count = fill() { continue }
            return nil
        }
    }

    /// Reads one response, after skipping interim ones; nil when no head came. `toHead` says that
    /// the request was a HEAD.
    package func readResponse(toHead: Bool = false) -> HTTPResponse? {
        var head = readHead()
        while let interim = head, (100..<200).contains(interim.status) { head = readHead() }
        return head.map { readBody(of: $0, toHead: toHead) }
    }

    /// Reads the body that belongs to `head`.
    package func readBody(of head: HTTPResponse, toHead: Bool = false) -> HTTPResponse {
        if toHead || head.status == 204 || head.status == 304 { return head }
        if head.isChunked { return readChunks(of: head) }
        return readPlain(of: head, count: head.value("content-length").flatMap { Int($0) })
    }

    /// At least one more byte of whatever comes, unparsed; empty at the end or after the time limit.
    package func readSome() -> [UInt8] {
        if buffer.isEmpty { fill() }
        defer { buffer.removeAll() }
        return buffer
    }

    /// Reads until `text` has come and answers everything read, or nil when it did not come.
    package func read(until text: String) -> [UInt8]? {
        let pattern = Array(text.utf8)
        while true {
            if buffer.contains(pattern) {
                defer { buffer.removeAll() }
                return buffer
            }
            guard case .count = fill() else { return nil }
        }
    }

    /// Everything until the peer closes; nil when it does not within the time limit.
    package func readUntilClosed() -> [UInt8]? {
        while true {
            switch fill() {
            case .count: continue
            case .wouldBlock: return nil
            case .end, .reset:
                defer { buffer.removeAll() }
                return buffer
            }
        }
    }

    /// Ends the sending side; reading goes on.
    package func halfClose() { socket.finishWriting() }

    /// Goes away with a reset.
    package func reset() { socket.reset() }

    /// Goes away.
    package func close() { socket.close() }

    private func readChunks(of head: HTTPResponse) -> HTTPResponse {
        var response = head
        var decoder = ChunkedDecoder()
        response.end = collect { bytes in
            guard let count = try? decoder.feed(bytes) else { return .broken }
            response.rawBody.append(contentsOf: bytes.prefix(count))
            return decoder.isDone ? .done(count) : .more
        }
        response.body = decoder.body
        return response
    }

    private func readPlain(of head: HTTPResponse, count: Int?) -> HTTPResponse {
        var response = head
        if count == 0 { return response }
        response.end = collect { bytes in
            let part = bytes.prefix(count.map { $0 - response.body.count } ?? bytes.count)
            response.body.append(contentsOf: part)
            return response.body.count == count ? .done(part.count) : .more
        }
        if count == nil && response.end == .cut { response.end = .complete }
        response.rawBody = response.body
        return response
    }

    private enum Progress {
        case more
        case done(Int)
        case broken
    }

    /// Gives all that comes to `take`, which must take it all unless it is done.
    private func collect(_ take: (ArraySlice<UInt8>) -> Progress) -> HTTPResponse.End {
        while true {
            if !buffer.isEmpty {
                switch take(buffer[...]) {
                case .more: buffer.removeAll(keepingCapacity: true)
                case .done(let count):
                    buffer.removeFirst(count)
                    return .complete
                case .broken: return .malformed
                }
            }
            switch fill() {
            case .count: continue
            case .end: return .cut
            case .reset: return .reset
            case .wouldBlock: return .timedOut
            }
        }
    }

    @discardableResult
    private func fill() -> Socket.Transfer {
        let ready = Readiness.wait(for: [.init(socket.descriptor, readable)], timeout: timeout)
        return ready[0] == 0 ? .wouldBlock : socket.read(into: &buffer, limit: 65_536)
    }
}
