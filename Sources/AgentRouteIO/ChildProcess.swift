import CAgentRouteIO

/// A program this one has started, in a process group of its own. Loop thread only.
///
/// Its standard input is the null device, its outputs go to a closure. The object lives until the
/// program has ended and both outputs are closed, referenced or not.
package final class ChildProcess {
    /// One of a program's two outputs.
    package enum Output: Hashable, Sendable {
        /// Standard output.
        case output
        /// Standard error.
        case error
    }

    /// How a program ended.
    package enum Exit: Hashable, Sendable {
        /// By itself, with this status.
        case status(Int64)
        /// By this signal.
        case signal(Int32)
    }

    /// The process id, which is also its group's.
    package private(set) var pid: Int32 = 0

    private var onOutput: ((Output, RawSpan) -> Void)?
    private var onExit: ((Exit) -> Void)?
    private var handle: OpaquePointer?

    private init(
        onOutput: @escaping (Output, RawSpan) -> Void, onExit: @escaping (Exit) -> Void
    ) {
        self.onOutput = onOutput
        self.onExit = onExit
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - file: A path, or a name looked up in PATH.
    ///   - arguments: Those after the program's name.
    ///   - environment: The whole environment; nothing is inherited.
    ///   - directory: To start in; nil for this program's.
    ///   - onOutput: What it writes, as it comes. The bytes are valid for the call.
    ///   - onExit: Its end, once. Output may still follow: what it had written, or what children of
    ///     its own write.
    /// - Throws: `IOError` when the program cannot be started.
    package static func start(
        loop: EventLoop, file: String, arguments: [String], environment: [String: String],
        directory: String?, onOutput: @escaping (Output, RawSpan) -> Void,
        onExit: @escaping (Exit) -> Void
    ) throws(IOError) -> ChildProcess {
        loop.preconditionAccess()
        let child = ChildProcess(onOutput: onOutput, onExit: onExit)
        // SAFETY: balanced in `on_closed`, or below when there is none to come.
        let context = Unmanaged.passRetained(child)
        var events = Self.events
        var error: Int32 = 0
        let handle = withCStrings([file] + arguments) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                ar_child_start(
                    loop.handle, file, arguments, environment, directory, &events,
                    context.toOpaque(), &error)
            }
        }
        guard let handle else {
            context.release()
            throw IOError(code: error, operation: "start \(file)")
        }
        child.handle = handle
        child.pid = ar_child_pid(handle)
        return child
    }

    /// Sends signal `number` to the program and all of its group. Ignored once the program itself has
    /// ended.
    package func signal(_ number: Int32) {
        guard let handle else { return }
        ar_child_signal(handle, number)
    }

    // MARK: From C

    /// The C table of every child; the context is the object, retained from the start until
    /// `on_closed`.
    private static let events = ar_child_events_t(
        on_output: { context, isError, bytes in
            recover(context, as: ChildProcess.self)?
                .wrote(bytes, to: isError != 0 ? .error : .output)
        },
        on_exit: { context, status, signal in
            recover(context, as: ChildProcess.self)?
                .exited(signal != 0 ? .signal(signal) : .status(status))
        },
        on_closed: { context in relinquish(context, as: ChildProcess.self)?.closed() })

    private func wrote(_ bytes: ar_slice_t, to output: Output) {
        onOutput?(output, bytes.buffer.bytes)
    }

    private func exited(_ exit: Exit) {
        guard let onExit else { return }
        self.onExit = nil
        onExit(exit)
    }

    private func closed() {
        handle = nil
        onOutput = nil
        onExit = nil
    }
}

/// Calls `body` with `strings` as C lists them: pointers to terminated strings, the last one nil.
private func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
) -> R {
    var text: [CChar] = []
    var starts: [Int] = []
    for string in strings {
        starts.append(text.count)
        text.append(contentsOf: string.utf8CString)
    }
    return text.withUnsafeBufferPointer { text in
        body(starts.map { start in text.baseAddress.map { $0 + start } } + [nil])
    }
}
