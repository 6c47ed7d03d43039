import Glibc
import Testing

/// A socket that listens on a port of 127.0.0.1 the system chose, and says nothing to anybody.
struct BusyPort: ~Copyable {
    private let descriptor: Int32
    let number: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutableBytes(of: &address) { [descriptor] bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                bind(descriptor, pointer.baseAddress, size) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, pointer.baseAddress, &size) == 0
            }
        }
        try #require(isListening)
        number = address.sin_port.bigEndian
    }

    deinit { close(descriptor) }

    /// Waits until somebody has connected.
    func awaitConnection() {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&ready, 1, -1)
    }
}

/// A connection to a port of 127.0.0.1.
struct ClientSocket: ~Copyable {
    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port: port)
        let isConnected = withUnsafeMutableBytes(of: &address) { [descriptor] bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                connect(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isConnected)
    }

    deinit { close(descriptor) }

    /// Sends `bytes`, which fit into the socket's buffer.
    func send(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

private func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
}
