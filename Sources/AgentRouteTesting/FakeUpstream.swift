import Synchronization

/// A provider for tests: an HTTP server on 127.0.0.1 that records what it receives byte for byte and
/// answers with exactly the bytes of a script. One thread accepts, one serves each connection.
///
/// Any thread may read what it has seen. `stop()` closes everything and joins the threads.
package final class FakeUpstream: Sendable {
    /// One thing to do for a request.
    package enum Step: Sendable {
        /// Writes the bytes, waiting while the peer takes none.
        case bytes([UInt8])
        /// Goes on when the gate opens.
        case wait(until: Gate)
        /// For the cases where only time can part two writes.
        case pause(milliseconds: Int)
        /// Ends the connection in order (FIN).
        case close
        /// Ends it with a reset (RST).
        case reset
        /// Reads and says nothing until the peer goes away.
        case stallUntilClosed

        /// The UTF-8 bytes of `text`.
        package static func text(_ text: String) -> Step { .bytes(Array(text.utf8)) }
    }

    /// What the upstream has seen and done.
    package struct Log: Sendable {
        package internal(set) var requests: [RecordedRequest] = []
        package internal(set) var connectionCount = 0
        /// Connections, by number, whose peer has closed or reset.
        package internal(set) var closedByPeer: Set<Int> = []
        /// Connections, by number, that a script has reset.
        package internal(set) var reset: Set<Int> = []
        /// Bytes the kernel took from all scripts.
        package internal(set) var bytesWritten = 0
    }

    /// Answers the steps for a request. Runs on the connection's thread.
    package typealias Script = @Sendable (RecordedRequest) -> [Step]

    /// The port it listens on.
    package let port: UInt16
    let greeting: [Step]
    let script: Script
    let log = Observed(Log())
    let stopping = Gate()
    private let listener: Socket
    private let threads = Mutex<[WorkerThread]>([])

    /// Starts. `greeting` is played on every connection before its first request is read;
    /// `sendBuffer` (bytes) bounds what the kernel takes ahead of the peer.
    package init(
        greeting: [Step] = [], sendBuffer: Int32? = nil, script: @escaping Script
    ) throws(SocketError) {
        self.greeting = greeting
        self.script = script
        listener = try Socket.listening(sendBuffer: sendBuffer)
        port = listener.port
        let acceptor = WorkerThread { [self] in acceptAll() }
        threads.withLock { $0.append(acceptor) }
    }

    /// Starts an upstream that answers every request with the same steps.
    package convenience init(answering steps: [Step]) throws(SocketError) {
        try self.init { _ in steps }
    }

    /// What has happened so far.
    package var seen: Log { log.value }

    /// Blocks until `count` requests have been read whole.
    @discardableResult
    package func awaitRequests(_ count: Int, timeout: Duration = .seconds(10)) -> Bool {
        log.wait(timeout: timeout) { $0.requests.count >= count }
    }

    /// Blocks until the peer of connection number `connection` has closed it.
    @discardableResult
    package func awaitPeerClosed(
        connection: Int = 0, timeout: Duration = .seconds(10)
    ) -> Bool {
        log.wait(timeout: timeout) { $0.closedByPeer.contains(connection) }
    }

    /// Blocks until a script has reset connection number `connection`. On loopback its peer's kernel
    /// knows of it by then.
    @discardableResult
    package func awaitReset(connection: Int = 0, timeout: Duration = .seconds(10)) -> Bool {
        log.wait(timeout: timeout) { $0.reset.contains(connection) }
    }

    /// Blocks until no byte has been written for `quiet`; false when that did not happen in time.
    package func awaitStall(
        quiet: Duration = .milliseconds(300), timeout: Duration = .seconds(20)
    ) -> Bool {
        let deadline = ContinuousClock.now + timeout
        while ContinuousClock.now < deadline {
            let before = log.value.bytesWritten
            if before > 0 && !log.wait(timeout: quiet, until: { $0.bytesWritten != before }) {
                return true
            }
            if before == 0 { log.wait(timeout: quiet) { $0.bytesWritten > 0 } }
        }
        return false
    }

    /// Closes the listener and every connection, and joins the threads. Safe to call twice.
    package func stop() {
        stopping.open()
        while let thread = threads.withLock({ $0.popLast() }) { thread.join() }
    }

    private func acceptAll() {
        while true {
            let ready = Readiness.wait(
                for: [
                    .init(listener.descriptor, readable), .init(stopping.descriptor, readable),
                ], timeout: nil)
            if ready[1] != 0 { return listener.close() }
            guard let socket = listener.accept() else { continue }
            let number = log.value.connectionCount
            log.update { $0.connectionCount += 1 }
            let thread = WorkerThread { [self] in
                UpstreamConnection(socket: socket, number: number, upstream: self).serve()
            }
            threads.withLock { $0.append(thread) }
        }
    }
}
