internal import Glibc

/// Processes of this program that outlive the one that starts them.
enum Background {
    /// The path of this program.
    static var program: String {
        Folders.destination(of: "/proc/self/exe") ?? CommandLine.arguments.first ?? "agentroute"
    }

    /// Starts this program with `arguments` in a session of its own, without a terminal.
    ///
    /// - Parameters:
    ///   - log: Gets its output, at the end of the file; nil for nowhere.
    ///   - environment: All of its variables.
    /// - Returns: Its process id; nil if the system gave none.
    static func start(
        _ arguments: [String], environment: [String: String], log: String? = nil
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let output = log ?? "/dev/null"
        posix_spawn_file_actions_addopen(
            &actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Whatever this process has open: somebody may wait for the end of a pipe that its child
        // would keep open for as long as it lives.
        for descriptor in Folders.names(in: "/proc/self/fd").compactMap({ Int32($0) })
        where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        return spawn(
            program, [program] + arguments, environment, &actions, flags: setsidFlag)
    }

    /// Starts `path` on this terminal.
    static func startHere(
        _ path: String, _ arguments: [String], environment: [String: String]
    ) -> pid_t? {
        spawn(path, arguments, environment, nil)
    }

    /// Waits for a child to end; blocks. The code is that of a shell: 128 and the signal's number for
    /// a child that a signal ended.
    static func wait(for pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            if errno != EINTR { return 1 }
        }
        return code(of: status)
    }

    /// The code of a child that has ended, and is no child any more then; nil while it runs.
    static func end(of pid: pid_t) -> Int32? {
        var status: Int32 = 0
        switch waitpid(pid, &status, WNOHANG) {
        case 0: return nil
        case pid: return code(of: status)
        default: return 1
        }
    }

    private static func code(of status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ environment: [String: String],
        _ actions: UnsafePointer<posix_spawn_file_actions_t>?, flags: Int32 = 0
    ) -> pid_t? {
        // What this program ignores or blocks is not to be handed down: Ctrl-C is for the tool.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGQUIT, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let clean = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags | clean))
        // SAFETY: both arrays end with nil and live until the call is over; the strings are freed
        // after it.
        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in words { free(pointer) }
            for pointer in variables { free(pointer) }
        }
        var pid: pid_t = 0
        return posix_spawn(&pid, path, actions, &attributes, words, variables) == 0 ? pid : nil
    }
}

/// `POSIX_SPAWN_SETSID`, which glibc defines behind a macro Swift does not import.
private let setsidFlag: Int32 = 0x80
