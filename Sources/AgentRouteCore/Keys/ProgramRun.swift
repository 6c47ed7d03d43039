package import AgentRouteIO

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a program that was run to its end has said.
package struct ProgramRun: Sendable {
    /// How it ended.
    package enum End: Sendable, Equatable {
        /// It ended by itself, or by a signal of another's.
        case exited(ChildProcess.Exit)
        /// It was killed, with its group, because it took too long.
        case timedOut
    }

    /// How it ended.
    package internal(set) var end = End.timedOut
    /// The first MiB of what it wrote to standard output.
    package internal(set) var output: [UInt8] = []
    /// The first MiB of what it wrote to standard error.
    package internal(set) var errors: [UInt8] = []

    static let byteLimit = 1 << 20

    /// A program to run.
    package struct Program: Sendable {
        /// Its path, or its name in `PATH`.
        let file: String
        /// Those after its name.
        let arguments: [String]
        /// The whole of its environment.
        let environment: [String: String]
        /// How long it may take.
        let timeout: Duration

        /// A program at the path `file`, or found in `PATH` under that name, to run for `timeout` at
        /// most.
        package init(
            file: String, arguments: [String], environment: [String: String], timeout: Duration
        ) {
            self.file = file
            self.arguments = arguments
            self.environment = environment
            self.timeout = timeout
        }
    }

    /// Runs `program` beside `loop`, which must be running, now or soon. Its input is empty. Throws
    /// when it cannot be started.
    package static func run(
        _ program: Program, on loop: EventLoop
    ) async throws(IOError) -> ProgramRun {
        let result: Result<ProgramRun, IOError> = await withCheckedContinuation { done in
            loop.execute { Running(then: { done.resume(returning: $0) }).start(program, on: loop) }
        }
        return try result.get()
    }
}

/// A program that runs. Loop thread only.
private final class Running {
    private var run = ProgramRun()
    private var timer: LoopTimer?
    private var isStarted = false
    private var done: ((Result<ProgramRun, IOError>) -> Void)?

    init(then done: @escaping (Result<ProgramRun, IOError>) -> Void) {
        self.done = done
    }

    func start(_ program: ProgramRun.Program, on loop: EventLoop) {
        // The child drops its closures when it has ended and both outputs are closed: the token that
        // only they hold goes with the last of them, and tells so.
        let token = ClosingToken { [self] in if isStarted { finish(.success(run)) } }
        do throws(IOError) {
            let child = try ChildProcess.start(
                loop: loop, file: program.file, arguments: program.arguments,
                environment: program.environment, directory: nil,
                onOutput: { [self] output, bytes in
                    withExtendedLifetime(token) { append(bytes, of: output) }
                },
                onExit: { [self] exit in
                    withExtendedLifetime(token) { run.end = .exited(exit) }
                })
            isStarted = true
            timer = LoopTimer(loop: loop, after: UInt64(program.timeout.milliseconds)) { [self] in
                child.signal(SIGKILL)
                run.end = .timedOut
                finish(.success(run))
            }
        } catch {
            finish(.failure(error))
        }
    }

    private func append(_ bytes: RawSpan, of output: ChildProcess.Output) {
        bytes.withUnsafeBytes { buffer in
            switch output {
            case .output: run.output += buffer.prefix(ProgramRun.byteLimit - run.output.count)
            case .error: run.errors += buffer.prefix(ProgramRun.byteLimit - run.errors.count)
            }
        }
    }

    private func finish(_ result: Result<ProgramRun, IOError>) {
        timer?.cancel()
        timer = nil
        let done = done
        self.done = nil
        done?(result)
    }
}
