import Glibc
import Synchronization

/// What a test socket could not do.
package struct SocketError: Error, CustomStringConvertible {
    package let description: String

    init(_ operation: String) {
        description = "\(operation): \(String(cString: strerror(errno)))"
    }
}

/// A non-blocking TCP socket on the loopback. Calls are safe from any thread; after `close()` they
/// answer as if the connection had been reset.
final class Socket: Sendable {
    /// What a read or write came to.
    enum Transfer: Equatable {
        case count(Int)
        case wouldBlock
        /// The peer has ended its side in order (reads only).
        case end
        case reset
    }

    let descriptor: Int32
    private let isClosed = Mutex(false)

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close()
    }

    /// A listener on 127.0.0.1 at a free port. `sendBuffer` (bytes) is inherited by what it accepts.
    static func listening(sendBuffer: Int32?) throws(SocketError) -> Socket {
        let socket = try make()
        if let sendBuffer { socket.set(SOL_SOCKET, SO_SNDBUF, sendBuffer) }
        guard withAddress(port: 0, { bind(socket.descriptor, $0, $1) }) == 0 else {
            throw SocketError("bind")
        }
        guard listen(socket.descriptor, 256) == 0 else { throw SocketError("listen") }
        return socket
    }

    /// A connection to 127.0.0.1:`port`. `receiveBuffer` (bytes) is set before connecting, so that
    /// the advertised window obeys it.
    static func connected(port: UInt16, receiveBuffer: Int32?) throws(SocketError) -> Socket {
        let socket = try make()
        if let receiveBuffer { socket.set(SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
        socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        let status = withAddress(port: port) { connect(socket.descriptor, $0, $1) }
        guard status == 0 || errno == EINPROGRESS else { throw SocketError("connect") }
        _ = Readiness.wait(for: [.init(socket.descriptor, writable)], timeout: .seconds(5))
        var fault: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket.descriptor, SOL_SOCKET, SO_ERROR, &fault, &size)
        errno = fault
        guard fault == 0 else { throw SocketError("connect") }
        return socket
    }

    /// The next waiting connection, nil when there is none.
    func accept() -> Socket? {
        let peer = Glibc.accept(descriptor, nil, nil)
        guard peer >= 0 else { return nil }
        _ = fcntl(peer, F_SETFL, O_NONBLOCK)
        _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
        let socket = Socket(descriptor: peer)
        socket.set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        return socket
    }

    /// The local port.
    var port: UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutableBytes(of: &address) { bytes in
            getsockname(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Sends what the kernel takes of `bytes`.
    func write(_ bytes: ArraySlice<UInt8>) -> Transfer {
        transfer {
            bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
        }
    }

    /// Appends what the kernel has, at most `limit` bytes, to `bytes`.
    func read(into bytes: inout [UInt8], limit: Int) -> Transfer {
        var result = Transfer.wouldBlock
        let part = [UInt8](unsafeUninitializedCapacity: limit) { room, count in
            result = transfer { recv(descriptor, room.baseAddress, limit, 0) }
            if case .count(let taken) = result { count = taken }
        }
        bytes.append(contentsOf: part)
        return result == .count(0) ? .end : result
    }

    /// Ends the sending side (FIN).
    func finishWriting() {
        isClosed.withLock { if !$0 { _ = shutdown(descriptor, Int32(SHUT_WR)) } }
    }

    /// Closes with a reset (RST) in place of an orderly end.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        isClosed.withLock { isClosed in
            if isClosed { return }
            setsockopt(
                descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
        close()
    }

    /// Safe to call twice. Only by the thread that polls the socket, or when none does.
    func close() {
        isClosed.withLock { isClosed in
            if isClosed { return }
            isClosed = true
            Glibc.close(descriptor)
        }
    }

    private func transfer(_ call: () -> Int) -> Transfer {
        isClosed.withLock { isClosed in
            if isClosed { return .reset }
            while true {
                let count = call()
                if count >= 0 { return .count(count) }
                if errno == EAGAIN || errno == EWOULDBLOCK { return .wouldBlock }
                if errno != EINTR { return .reset }
            }
        }
    }

    private func set(_ level: Int32, _ name: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func make() throws(SocketError) -> Socket {
        let kind = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(AF_INET, Int32(kind), 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
        return Socket(descriptor: descriptor)
    }

    private static func withAddress(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
