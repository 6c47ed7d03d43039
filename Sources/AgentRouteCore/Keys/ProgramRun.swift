import AgentRouteIO

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a program that was run to its end has said.
struct ProgramRun: Sendable {
    /// How it ended.
    enum End: Sendable, Equatable {
        case exited(ChildProcess.Exit)
        /// It was killed, with its group, because it took too long.
        case timedOut
    }

    var end = End.timedOut
    /// What it wrote, at most `byteLimit` bytes of each.
    var output: [UInt8] = []
    var errors: [UInt8] = []

    static let byteLimit = 1 << 20

    /// A program to run.
    struct Program: Sendable {
        /// Its path.
        let file: String
        /// Those after its name.
        let arguments: [String]
        /// The whole of its environment.
        let environment: [String: String]
        /// How long it may take.
        let timeout: Duration
    }

    /// Runs `program` beside `loop`, which must be running, now or soon. Its input is empty. Throws
    /// when it cannot be started.
    static func run(
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
        let token = EndToken { [self] in if isStarted { finish(.success(run)) } }
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

/// Calls a closure when nothing holds it any more.
private final class EndToken {
    private let end: () -> Void

    init(_ end: @escaping () -> Void) {
        self.end = end
    }

    deinit {
        end()
    }
}
