internal import AgentRouteCore

extension ServiceUnit {
    /// The label of the agent.
    static let launchdLabel = "agentroute"

    /// The agent of launchd (launchd.plist(5)). It runs from the log-in on: launchd hands its sockets
    /// over in a way of its own, which the gateway does not take.
    var launchdFiles: [ServiceFile] {
        [ServiceFile(name: "\(Self.launchdLabel).plist", text: plist)]
    }

    private var plist: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" \
        "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
            <key>Label</key>
            <string>\(Self.launchdLabel)</string>
            <key>ProgramArguments</key>
            <array>
        \(command.map { "        <string>\(Self.escaped($0))</string>" }.joined(separator: "\n"))
            </array>
        \(variables)    <key>RunAtLoad</key>
            <true/>
            <key>KeepAlive</key>
            <dict>
                <key>Crashed</key>
                <true/>
            </dict>
            <key>Umask</key>
            <integer>63</integer>
            <key>StandardOutPath</key>
            <string>\(Self.escaped(logFile))</string>
            <key>StandardErrorPath</key>
            <string>\(Self.escaped(logFile))</string>
        </dict>
        </plist>

        """
    }

    private var variables: String {
        guard !environment.isEmpty else { return "" }
        let lines = environment.sorted { $0.key < $1.key }.map { name, value in
            "        <key>\(name)</key>\n        <string>\(Self.escaped(value))</string>\n"
        }
        return "    <key>EnvironmentVariables</key>\n    <dict>\n\(lines.joined())    </dict>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
