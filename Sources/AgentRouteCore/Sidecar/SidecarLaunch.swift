/// How a LiteLLM is started: which one, and what it knows of the machine.
package struct SidecarLaunch: Sendable, Equatable {
    /// The Python of the virtual environment that has LiteLLM.
    package let python: String
    /// Where its files are.
    package let folder: SidecarFolder
    /// A PEM file of the certificate authorities to trust; nil for those LiteLLM brings along.
    package let certificates: String?

    /// LiteLLM of the virtual environment whose Python is `python`. It trusts whom the system's
    /// OpenSSL trusts: `SSL_CERT_FILE` of `environment`, else the file distributions have.
    package init(python: String, folder: SidecarFolder, environment: [String: String]) {
        self.python = python
        self.folder = folder
        let files = [
            environment["SSL_CERT_FILE"] ?? "", "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
        ]
        certificates = files.first { $0.hasPrefix("/") && FileStamp($0) != nil }
    }

    /// The arguments of a LiteLLM on `port`.
    func arguments(port: UInt16) -> [String] {
        // By its entry point and not by its script, which holds the path it was installed at.
        BoundPython.arguments("from litellm import run_server; run_server()") + [
            "--config", folder.configurationFile, "--host", "127.0.0.1", "--port", "\(port)",
            "--num_workers", "1",
        ]
    }

    /// The whole environment of a LiteLLM on `port` whose clients must show `key`.
    func environment(
        _ configuration: SidecarConfiguration, port: UInt16, key: Secret
    ) -> [String: String] {
        var result = [
            "PATH": "/usr/bin:/bin", "HOME": folder.home, "LANG": "C.UTF-8",
            // No .env file is read, however it got where LiteLLM looks for one.
            "LITELLM_MODE": "PRODUCTION",
            // No list of prices is fetched from the network.
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_DONT_SHOW_FEEDBACK_BOX": "True",
            // What OpenRouter is told of its client; LiteLLM would name itself.
            "OR_APP_NAME": "AgentRoute", "OR_SITE_URL": "http://localhost",
            SidecarConfiguration.keyVariable: key.value,
            SidecarConfiguration.selfVariable: "http://127.0.0.1:\(port)/v1",
        ]
        if let certificates { result["SSL_CERT_FILE"] = certificates }
        for (name, secret) in configuration.secrets { result[name] = secret.value }
        return result
    }
}

/// What a supervisor waits for, and how long.
package struct SidecarTiming: Sendable, Equatable {
    /// Between two questions whether it is ready.
    package var poll: Duration = .milliseconds(100)
    /// From its start until it is ready, on a machine that has just read its first gigabyte of Python.
    package var ready: Duration = .seconds(120)
    /// From SIGTERM to SIGKILL.
    package var terminate: Duration = .seconds(5)
    /// For the requests of one that has been replaced.
    package var drain: Duration = .seconds(600)
    /// Between its end and its restart.
    package var restarts = SidecarRestarts.Rule()

    /// 100 ms, 120 s, 5 s, 600 s.
    package init() {}
}
