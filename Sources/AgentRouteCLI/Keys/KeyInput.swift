internal import AgentRouteCore
internal import Glibc

/// A key as a command is given it: after `--value`, or on standard input.
enum KeyInput {
    /// No key is longer, in bytes.
    private static let byteLimit = 65_536

    /// Reads the key of `job`. Blocks until standard input ends, if that is where it comes from.
    static func read(_ job: Job) throws(Failure) -> Secret {
        let text: [UInt8]
        switch (job.invocation.value("value"), job.invocation.has("stdin")) {
        case (let value?, false):
            job.output.warn(
                "a key on the command line can be read in the list of processes; "
                    + "use --stdin")
            text = Array(value.utf8)
        case (nil, true):
            if isatty(job.input) == 1 {
                job.output.remark("reading the key from the terminal, up to Ctrl-D")
            }
            text = try bytes(of: job.input)
        case (_?, true):
            throw Failure(.usage, code: "usage", "give --value or --stdin, not both")
        case (nil, false):
            throw Failure(.usage, code: "usage", "give the key: --stdin, or --value KEY")
        }
        do throws(KeyError) {
            return try Secret(keyText: text)
        } catch {
            throw Failure(error)
        }
    }

    private static func bytes(of descriptor: Int32) throws(Failure) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Failure(.general, code: "input_unreadable", "cannot read standard input")
            }
            if count == 0 { return content }
            content += chunk[..<count]
            guard content.count <= byteLimit else {
                throw Failure(
                    .key, code: "key_invalid", "the key is longer than \(byteLimit) bytes")
            }
        }
    }
}

extension Failure {
    /// A key that cannot be kept, removed or read.
    init(_ error: KeyError) {
        switch error {
        case .invalidKey: self.init(.key, code: "key_invalid", error.description)
        default: self.init(.general, code: "key_store_failed", error.description)
        }
    }
}
