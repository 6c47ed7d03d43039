import Glibc

/// Bytes that TCP holds for connections of this machine, as Linux lists them in `/proc/net/tcp`.
/// With them a test tells what a program holds from what the kernel holds for it.
package enum KernelQueues {
    /// The sum of send and receive queues of all IPv4 sockets with `port` at either end; nil where
    /// the system has no such list.
    package static func byteCount(ofPort port: UInt16) -> Int? {
        guard let text = contents(of: "/proc/net/tcp") else { return nil }
        return text.split(separator: "\n").dropFirst().reduce(0) { sum, line in
            let columns = line.split(separator: " ")
            guard columns.count > 4,
                [columns[1], columns[2]].contains(where: { Self.port(of: $0) == port })
            else { return sum }
            // A listener's queues count connections, not bytes.
            let isListener = columns[3] == "0A"
            return isListener ? sum : sum + queued(columns[4])
        }
    }

    private static func port(of address: Substring) -> UInt16? {
        address.split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
    }

    private static func queued(_ queues: Substring) -> Int {
        queues.split(separator: ":").reduce(0) { $0 + (Int($1, radix: 16) ?? 0) }
    }

    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &part, part.count)
            if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(contentsOf: part[..<count])
        }
    }
}
