import AgentRouteCLI
import Glibc

let arguments = Array(CommandLine.arguments.dropFirst())
exit(Program.run(arguments: arguments, in: .ofThisProcess()).rawValue)
