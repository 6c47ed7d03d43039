internal import Glibc

/// The client of the demo: one blocking socket, as plain as a client can be.
struct SampleClient: Sendable {
    /// What the system or the gateway refused.
    struct Failed: Error {
        /// In words.
        let reason: String
    }

    /// The gateway's port on 127.0.0.1.
    let port: UInt16

    /// Sends `request` and gives each line of the answer to `onLine` as it arrives. Blocks the
    /// calling thread until the answer is complete; returns its status.
    func send(
        _ request: [UInt8], onLine: @escaping (String) -> Void
    ) throws(Failed) -> Int {
        let descriptor = try connected()
        defer { close(descriptor) }
        try write(request, to: descriptor)
        var reader = ResponseReader(onLine: onLine)
        do throws(ResponseReader.Malformed) {
            while !reader.isComplete {
                let bytes = try read(from: descriptor)
                if bytes.isEmpty { try reader.receiveEnd() } else { try reader.receive(bytes) }
            }
        } catch {
            throw Failed(reason: error.reason)
        }
        return reader.status ?? 0
    }

    private func connected() throws(Failed) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw failed("open a socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafeBytes(of: &address) { bytes in
            // SAFETY: a `sockaddr_in` is what connect(2) expects for AF_INET, and is alive here.
            bytes.withMemoryRebound(to: sockaddr.self) {
                connect(descriptor, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let failure = failed("connect to 127.0.0.1:\(port)")
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failed) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw failed("send the request") }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// The next bytes; none at the end of the connection.
    private func read(from descriptor: Int32) throws(ResponseReader.Malformed) -> [UInt8] {
        var status = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
            // SAFETY: read(2) writes at most the given number of bytes.
            repeat {
                status = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            } while status < 0 && errno == EINTR
            count = max(0, status)
        }
        guard status >= 0 else {
            throw ResponseReader.Malformed(reason: failed("read the answer").reason)
        }
        return bytes
    }

    private func failed(_ operation: String) -> Failed {
        Failed(reason: "cannot \(operation): \(String(cString: strerror(errno)))")
    }
}
