import AgentRouteCLI
import Glibc

exit(Program.run(arguments: Array(CommandLine.arguments.dropFirst()), in: .ofThisProcess()).rawValue)
