import Glibc

/// What one request brought back.
struct Reply {
    /// The status line and the fields.
    let head: String
    /// The body as it came, chunk sizes included.
    let body: String

    /// Whether the status is 200 and the chunked body has its end.
    var isWhole: Bool { head.hasPrefix("HTTP/1.1 200 ") && body.hasSuffix("\r\n0\r\n\r\n") }

    /// The data lines of the stream, in order.
    var data: [Substring] {
        body.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("data: ") }
    }
}

/// A client that knows no more of HTTP than it needs. It blocks its thread, which is not the loop's.
struct Client {
    /// Where the gateway listens on 127.0.0.1.
    let port: UInt16
    /// What it is shown.
    let token: String

    /// Posts `json` to `path` and reads to the end of the connection.
    func post(_ path: String, _ json: String) throws(Fault) -> Reply {
        let descriptor = try connected()
        defer { close(descriptor) }
        let fields = [
            "POST \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Authorization: Bearer \(token)",
            "Content-Type: application/json", "Content-Length: \(json.utf8.count)",
            "Connection: close",
        ]
        try send(fields.joined(separator: "\r\n") + "\r\n\r\n" + json, on: descriptor)
        let text = try readToEnd(of: descriptor)
        guard let end = text.firstRange(of: "\r\n\r\n") else {
            throw Fault("port \(port) answered with no whole head: \(text)")
        }
        return Reply(head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
    }

    private func connected() throws(Fault) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw fault("open a socket") }
        // A gateway that never answers is a fault, not a wait.
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
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
            let fault = fault("connect")
            close(descriptor)
            throw fault
        }
        return descriptor
    }

    private func send(_ text: String, on descriptor: Int32) throws(Fault) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw fault("send") }
            rest = rest.dropFirst(max(0, count))
        }
    }

    private func readToEnd(of descriptor: Int32) throws(Fault) -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return String(decoding: all, as: UTF8.self) }
            guard count > 0 || errno == EINTR else { throw fault("read") }
            all += buffer.prefix(max(0, count))
        }
    }

    private func fault(_ operation: String) -> Fault {
        Fault("cannot \(operation) (port \(port)): \(String(cString: strerror(errno)))")
    }
}
