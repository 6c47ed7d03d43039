import Glibc
import Synchronization

/// A condition that one thread opens and others wait for. Once open it stays open.
///
/// It stands on a pipe, so that a thread can wait for a gate and a socket in one `poll`. Any thread.
package final class Gate: Sendable {
    /// Readable (in the sense of `poll`) as soon as the gate is open.
    let descriptor: Int32
    private let writeEnd: Int32
    private let opened = Mutex(false)

    /// A closed gate. Traps when the process has no descriptor left.
    package init() {
        (descriptor, writeEnd) = makePipe()
    }

    deinit {
        Glibc.close(descriptor)
        Glibc.close(writeEnd)
    }

    /// Whether `open()` has been called.
    package var isOpen: Bool { opened.withLock { $0 } }

    /// Lets everyone who waits go on. Safe to call twice.
    package func open() {
        opened.withLock { opened in
            if opened { return }
            opened = true
            // A byte nobody reads, not a close: a child process may have inherited the pipe.
            var byte: UInt8 = 0
            _ = Glibc.write(writeEnd, &byte, 1)
        }
    }

    /// Blocks until the gate is open; false when `timeout` passed first.
    @discardableResult
    package func wait(timeout: Duration = .seconds(10)) -> Bool {
        Readiness.wait(for: [.init(descriptor, readable)], timeout: timeout)[0] != 0
    }
}

/// A pipe's read and write ends, not kept by programs started later. Traps when none is left.
func makePipe() -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no file descriptor left for a pipe")
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}
