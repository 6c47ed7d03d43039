internal import AgentRouteCore
internal import Glibc

/// The process that listens on a port, found so that the error about a busy port can name it.
package struct PortHolder: Sendable, Equatable {
    /// The process's id.
    package let pid: Int
    /// The name of its program, as the system keeps it (at most 15 bytes).
    package let program: String

    /// Finds a process that listens on the TCP port `port` of this machine.
    ///
    /// Reads `/proc` (proc(5)). Nil when nobody listens, when the holder belongs to another user,
    /// whose descriptors are not ours to see, and on systems without `/proc`.
    package static func find(port: UInt16, in proc: String = "/proc") -> PortHolder? {
        let sockets = Set(
            ["tcp", "tcp6"].flatMap { listeners(on: port, table: "\(proc)/net/\($0)") })
        guard !sockets.isEmpty else { return nil }
        for pid in Folders.names(in: proc).compactMap({ Int($0) }).sorted() {
            let descriptors = "\(proc)/\(pid)/fd"
            let holds = Folders.names(in: descriptors).contains { name in
                Folders.destination(of: "\(descriptors)/\(name)").map(sockets.contains) ?? false
            }
            guard holds, let comm = text(at: "\(proc)/\(pid)/comm") else { continue }
            return PortHolder(pid: pid, program: String(comm.prefix { $0 != "\n" }))
        }
        return nil
    }

    /// The sockets that listen on `port`, as the links in `/proc/PID/fd` write them.
    private static func listeners(on port: UInt16, table path: String) -> [String] {
        guard let table = text(at: path) else { return [] }
        return table.split(separator: "\n").compactMap { line in
            // sl local_address rem_address st queues timer retrnsmt uid timeout inode ...
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == listening,
                let digits = fields[1].split(separator: ":").last,
                UInt16(digits, radix: 16) == port
            else { return nil }
            return "socket:[\(fields[9])]"
        }
    }

    /// TCP_LISTEN in the kernel's table.
    private static let listening = "0A"

    private static func text(at path: String) -> String? {
        (try? AtomicFile.read(path)).map { String(decoding: $0, as: UTF8.self) }
    }
}
