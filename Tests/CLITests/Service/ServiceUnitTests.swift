import AgentRouteCore
import Testing

@testable import AgentRouteCLI

@Suite("The files of service managers")
struct ServiceUnitTests {
    private func unit(
        program: String = "/usr/bin/agentroute", listen: Listen = Listen(),
        environment: [String: String] = [:]
    ) -> ServiceUnit {
        ServiceUnit(
            program: program, listen: listen, logFile: "/srv/a/state/gateway.log",
            environment: environment)
    }

    @Test("systemd's units: the socket is the manager's, the service is started for a client")
    func systemd() {
        let files = unit().systemdFiles
        #expect(files.map(\.name) == ["agentroute.socket", "agentroute.service"])
        #expect(
            files[0].text == """
                [Unit]
                Description=The address of the AgentRoute gateway

                [Socket]
                ListenStream=127.0.0.1:4505
                NoDelay=true

                [Install]
                WantedBy=sockets.target

                """)
        #expect(
            files[1].text == """
                [Unit]
                Description=The AgentRoute gateway between coding agents and model providers
                Requires=agentroute.socket
                After=agentroute.socket

                [Service]
                Type=exec
                ExecStart=/usr/bin/agentroute up --no-link
                Restart=on-abnormal
                TimeoutStopSec=20
                UMask=0077
                NoNewPrivileges=true
                StandardOutput=append:/srv/a/state/gateway.log
                StandardError=inherit

                [Install]
                Also=agentroute.socket

                """)
    }

    @Test("the variables that move folders are the service's too, and no others")
    func environment() {
        let text = unit(environment: [
            "AGENTROUTE_HOME": "/my home/100%", "XDG_STATE_HOME": "/s", "OPENAI_API_KEY": "sk-1",
        ]).systemdFiles[1].text
        #expect(
            text.contains(
                """
                ExecStart=/usr/bin/agentroute up --no-link
                Environment="AGENTROUTE_HOME=/my home/100%%"
                Environment=XDG_STATE_HOME=/s
                Restart=
                """))
        #expect(!text.contains("sk-1"))
    }

    @Test(
        "no character of a path means anything to systemd",
        arguments: [
            ("/a b/agentroute", "\"/a b/agentroute\""),
            ("/a$HOME/x", "/a$$HOME/x"), ("/100%h/x", "/100%%h/x"),
            ("/a\"b\\c/x", "\"/a\\\"b\\\\c/x\""), ("/a;b/x", "\"/a;b/x\""),
            ("/grün/x", "\"/grün/x\""),
        ])
    func quoting(path: String, written: String) {
        let text = unit(program: path).systemdFiles[1].text
        #expect(text.contains("\nExecStart=\(written) up --no-link\n"))
    }

    @Test("an IPv6 address has brackets in the socket's address")
    func address() {
        let text = unit(listen: Listen(host: "::1", port: 80)).systemdFiles[0].text
        #expect(text.contains("\nListenStream=[::1]:80\n"))
    }

    @Test("launchd's agent: from the log-in on, again after a crash")
    func launchd() {
        let files = unit(program: "/a&b/agentroute", environment: ["AGENTROUTE_HOME": "/h"])
            .launchdFiles
        #expect(files.map(\.name) == ["agentroute.plist"])
        #expect(
            files.first?.text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" \
                "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
                <plist version="1.0">
                <dict>
                    <key>Label</key>
                    <string>agentroute</string>
                    <key>ProgramArguments</key>
                    <array>
                        <string>/a&amp;b/agentroute</string>
                        <string>up</string>
                        <string>--no-link</string>
                    </array>
                    <key>EnvironmentVariables</key>
                    <dict>
                        <key>AGENTROUTE_HOME</key>
                        <string>/h</string>
                    </dict>
                    <key>RunAtLoad</key>
                    <true/>
                    <key>KeepAlive</key>
                    <dict>
                        <key>Crashed</key>
                        <true/>
                    </dict>
                    <key>Umask</key>
                    <integer>63</integer>
                    <key>StandardOutPath</key>
                    <string>/srv/a/state/gateway.log</string>
                    <key>StandardErrorPath</key>
                    <string>/srv/a/state/gateway.log</string>
                </dict>
                </plist>

                """)
    }

    @Test("a manager's files are where it looks for them")
    func folders() throws {
        let systemd = try ServiceManager.systemd(["HOME": "/h"])
        #expect(systemd.folder == "/h/.config/systemd/user")
        #expect(try ServiceManager.systemd(["XDG_CONFIG_HOME": "/x"]).folder == "/x/systemd/user")
        #expect(systemd.fileNames == systemd.files(unit()).map(\.name))
        let launchd = try ServiceManager.launchd(["HOME": "/h"], user: 501)
        #expect(launchd.paths == ["/h/Library/LaunchAgents/agentroute.plist"])
        #expect(launchd.fileNames == launchd.files(unit()).map(\.name))
        #expect(
            launchd.enabling == [
                ["launchctl", "bootstrap", "gui/501", "/h/Library/LaunchAgents/agentroute.plist"]
            ])
        #expect(throws: Failure.self) { try ServiceManager.systemd([:]) }
    }
}

@Suite("Sockets handed over")
struct SocketActivationTests {
    @Test("a socket is taken only by the process it is meant for")
    func pid() {
        let mine = ["LISTEN_PID": "7", "LISTEN_FDS": "1"]
        #expect(SocketActivation.socket(environment: mine, pid: 7) == 3)
        #expect(SocketActivation.socket(environment: mine, pid: 8) == nil)
        #expect(SocketActivation.socket(environment: ["LISTEN_FDS": "1"], pid: 7) == nil)
        #expect(
            SocketActivation.socket(
                environment: ["LISTEN_PID": "7", "LISTEN_FDS": "0"], pid: 7) == nil)
    }
}
