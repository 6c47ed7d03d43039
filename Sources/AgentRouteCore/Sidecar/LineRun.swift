import AgentRouteIO

/// A program that was run to its end, its lines heard as they came.
struct LineRun: Sendable {
    /// How it ended.
    let exit: ChildProcess.Exit?
    /// Its newest lines, at most 100.
    let lastLines: [String]

    /// Runs a program beside `loop`, which must be running, now or soon; its input is empty. Throws
    /// when it cannot be started.
    ///
    /// - Parameter onLine: Called with each line, on the loop's thread.
    static func run(
        _ file: String, _ arguments: [String], environment: [String: String], on loop: EventLoop,
        onLine: @escaping @Sendable (String) -> Void
    ) async throws(IOError) -> LineRun {
        let result: Result<LineRun, IOError> = await withCheckedContinuation { done in
            loop.execute {
                let running = Running(onLine: onLine) { done.resume(returning: $0) }
                running.start(file, arguments, environment, on: loop)
            }
        }
        return try result.get()
    }
}

/// A program that runs. Loop thread only.
private final class Running {
    private let onLine: (String) -> Void
    private let done: (Result<LineRun, IOError>) -> Void
    private var lines = OutputLines()
    private var lastLines: [String] = []
    private var exit: ChildProcess.Exit?
    private var isStarted = false

    init(
        onLine: @escaping (String) -> Void,
        then done: @escaping (Result<LineRun, IOError>) -> Void
    ) {
        self.onLine = onLine
        self.done = done
    }

    func start(
        _ file: String, _ arguments: [String], _ environment: [String: String],
        on loop: EventLoop
    ) {
        let token = ClosingToken { [self] in if isStarted { finish() } }
        do throws(IOError) {
            _ = try ChildProcess.start(
                loop: loop, file: file, arguments: arguments, environment: environment,
                directory: nil,
                onOutput: { [self] output, bytes in
                    withExtendedLifetime(token) { lines.take(bytes, of: output).forEach(add) }
                },
                onExit: { [self] exit in withExtendedLifetime(token) { self.exit = exit } })
            isStarted = true
        } catch {
            done(.failure(error))
        }
    }

    private func add(_ line: String) {
        if lastLines.count == 100 { lastLines.removeFirst() }
        lastLines.append(line)
        onLine(line)
    }

    private func finish() {
        lines.rest().forEach(add)
        done(.success(LineRun(exit: exit, lastLines: lastLines)))
    }
}
