internal import AgentRouteCore

extension ServiceUnit {
    /// The units of systemd's user manager (systemd.unit(5)). The socket is the manager's, so that a
    /// tool that stays linked wakes a gateway that has ended, and loses no request while it starts.
    var systemdFiles: [ServiceFile] {
        [
            ServiceFile(name: "agentroute.socket", text: socketText),
            ServiceFile(name: "agentroute.service", text: serviceText),
        ]
    }

    private var socketText: String {
        """
        [Unit]
        Description=The address of the AgentRoute gateway

        [Socket]
        ListenStream=\(address)
        NoDelay=true

        [Install]
        WantedBy=sockets.target

        """
    }

    private var serviceText: String {
        let variables = environment.sorted { $0.key < $1.key }.map { name, value in
            "Environment=\(Self.quoted("\(name)=\(value)"))\n"
        }
        return """
            [Unit]
            Description=The AgentRoute gateway between coding agents and model providers
            Requires=agentroute.socket
            After=agentroute.socket

            [Service]
            Type=exec
            ExecStart=\(command.map(Self.argument).joined(separator: " "))
            \(variables.joined())Restart=on-abnormal
            TimeoutStopSec=20
            UMask=0077
            NoNewPrivileges=true
            StandardOutput=append:\(Self.specifiersEscaped(logFile))
            StandardError=inherit

            [Install]
            Also=agentroute.socket

            """
    }

    private var address: String {
        let host = listen.host.contains(":") ? "[\(listen.host)]" : listen.host
        return "\(host):\(listen.port)"
    }

    /// A word of a command line (systemd.service(5), "Command lines"): a variable is not replaced.
    private static func argument(_ word: String) -> String {
        quoted(word.replacing("$", with: "$$"))
    }

    /// A word in quotes, if it needs them (systemd.syntax(7), "Quoting").
    private static func quoted(_ word: String) -> String {
        let text = specifiersEscaped(word)
        let isPlain = text.allSatisfy { $0.isASCII && !$0.isWhitespace && !"\"'\\;".contains($0) }
        if isPlain, !text.isEmpty { return text }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// Specifiers begin with a percent sign (systemd.unit(5), "Specifiers").
    private static func specifiersEscaped(_ text: String) -> String {
        text.replacing("%", with: "%%")
    }
}
