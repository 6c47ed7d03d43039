package import AgentRouteCore
internal import Glibc
internal import Synchronization

/// The program's two outputs. What is written is out when the call returns: nothing waits in a
/// buffer, so a reader of a pipe sees each line as it is said. Any thread.
package struct Console: Sendable {
    private let output: Int32
    private let errors: Int32
    private let loss = Loss()

    /// Why something that was said on standard output is lost, such as `No space left on device`; nil
    /// while nothing is. A reader that has gone away is none.
    package var fault: String? {
        let code = loss.code.withLock { $0 }
        // SAFETY: strerror returns a terminated string; it is copied before this thread's next call.
        return code == 0 ? nil : String(cString: strerror(code))
    }

    /// Writes to these descriptors, which stay the caller's to close.
    package init(output: Int32, errors: Int32) {
        self.output = output
        self.errors = errors
    }

    /// Writes `line` and a line feed to standard output. Returns whether anybody reads it still.
    @discardableResult
    package func say(_ line: String) -> Bool {
        write(Array(line.utf8), to: output)
    }

    /// Writes `event` as one line of JSON to standard output. Returns whether anybody reads it still.
    @discardableResult
    package func say(_ event: JSONValue) -> Bool {
        write(event.serialized(), to: output)
    }

    /// Writes `line` and a line feed to standard error.
    package func note(_ line: String) {
        _ = write(Array(line.utf8), to: errors)
    }

    /// Gives up in silence when nobody reads any more: there is nobody left to tell.
    private func write(_ line: [UInt8], to descriptor: Int32) -> Bool {
        var rest = (line + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
            } else if errno != EINTR {
                if errno != EPIPE, descriptor == output { loss.code.withLock { $0 = errno } }
                return false
            }
        }
        return true
    }

    private final class Loss: Sendable {
        /// The value of `errno`; 0 for none.
        let code = Mutex<Int32>(0)
    }
}
