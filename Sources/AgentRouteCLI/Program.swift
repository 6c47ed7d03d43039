internal import Glibc

/// The program `agentroute`: understands the command line, runs the command and says how it ended.
///
/// ```swift
/// exit(Program.run(arguments: ["serve", "--demo"], in: .ofThisProcess()).rawValue)
/// ```
package enum Program {
    /// Every command, in the order help lists them.
    package static let commands: [Command] = [
        .up, .down, .status, .run, .link, .unlink, .platforms, .serve, .demo,
        .profilesList, .profilesShow, .profilesCreate, .profilesSet, .profilesRename,
        .profilesDelete, .profilesActivate, .models,
        .keySet, .keyClear, .keyStatus, .keyCheck,
        .configShow, .configCheck, .configPath, .configInit,
        .doctor, .serviceInstall, .serviceUninstall, .serviceStatus,
        .sidecarInstall, .sidecarStatus, .sidecarLogs,
        .logs, .completions, .version, .help, .watch,
    ]

    /// Runs the command that `arguments`, the command line without the program's name, ask for and
    /// returns when it is done. Main thread, before there is another: it changes how the process takes
    /// signals.
    package static func run(arguments: [String], in context: ProcessContext) -> ExitCode {
        prepareSignals()
        let code = answer(arguments, in: context)
        guard code == .ok, let fault = context.console.fault else { return code }
        context.console.note("agentroute: cannot write to standard output: \(fault)")
        return .general
    }

    private static func answer(_ arguments: [String], in context: ProcessContext) -> ExitCode {
        do {
            let request = try CommandParser(commands: commands).parse(arguments)
            if request.mending == .before { mend(context) }
            defer { if request.mending == .after { mend(context) } }
            switch request {
            case .run(let command, let invocation): return command.run(invocation, context)
            case .help(let command, let isJSON):
                explain(command, isJSON: isJSON, on: context.console)
                return .ok
            case .group(let name, let isJSON):
                explain(group: name, isJSON: isJSON, on: context.console)
                return .ok
            case .version: return Command.version.run(Invocation(), context)
            }
        } catch {
            mend(context)
            return refuse(error, on: context.console)
        }
    }

    /// Mends what commands that were killed have left.
    private static func mend(_ context: ProcessContext) {
        guard let workspace = try? Workspace(environment: context.environment) else { return }
        LinkRepair.run(workspace) { context.console.note("agentroute: \($0)") }
    }

    private static func prepareSignals() {
        // A reader that goes away shall not end the gateway.
        signal(SIGPIPE, SIG_IGN)
        // A parent that blocks signals hands that down: these must always end the program, and the
        // last tells it of its children.
        var needed = sigset_t()
        sigemptyset(&needed)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGCHLD] { sigaddset(&needed, signal) }
        pthread_sigmask(SIG_UNBLOCK, &needed, nil)
    }

    /// Prints the help of `command`, or of the program when there is none.
    static func explain(_ command: Command?, isJSON: Bool, on console: Console) {
        let help = HelpText(commands: commands)
        if isJSON {
            let listed = commands.filter { !$0.isHidden }
            for command in command.map({ [$0] }) ?? listed { console.say(help.json(command)) }
        } else {
            for line in command.map(help.command) ?? help.program { console.say(line) }
        }
    }

    /// Prints the help of the commands whose first word is `group`.
    static func explain(group: String, isJSON: Bool, on console: Console) {
        let help = HelpText(commands: commands)
        if isJSON {
            for command in CommandParser(commands: commands).members(of: group) {
                console.say(help.json(command))
            }
        } else {
            for line in help.group(group) { console.say(line) }
        }
    }

    /// Says what is wrong with the command line.
    static func refuse(_ error: UsageError, on console: Console) -> ExitCode {
        console.note("agentroute: \(error.message)")
        console.note(error.hint)
        return .usage
    }
}
