/// What the program tells its caller at the end. The numbers are part of the command-line contract.
package enum ExitCode: Int32, Sendable, CaseIterable {
    /// All went well.
    case ok = 0
    /// Something failed that no other code names, a faulty configuration among them.
    case general = 1
    /// The command line makes no sense.
    case usage = 2
    /// A provider's key is missing or invalid.
    case key = 3
    /// The gateway, or the sidecar, did not start or did not stay up.
    case gateway = 4
    /// A tool could not be linked or unlinked.
    case link = 5

    /// One line for the help text.
    var summary: String {
        switch self {
        case .ok: "all went well"
        case .general: "something failed, such as reading the configuration"
        case .usage: "the command line makes no sense"
        case .key: "a provider's key is missing or invalid"
        case .gateway: "the gateway or its sidecar failed to start or to stay up"
        case .link: "linking or unlinking a tool failed"
        }
    }
}
