import AgentRouteWire

/// What a running gateway leaves in `gateway.json` for other commands: how to reach it.
public struct GatewayState: Sendable, Equatable {
    /// The address it listens on, as the configuration has it.
    public var host: String
    /// The port it listens on.
    public var port: UInt16
    /// The token its clients show.
    public var token: Secret
    /// Its process.
    public var pid: Int32
    /// The name of its active profile.
    public var profile: String
    /// When it began to listen, in whole seconds since 1970-01-01T00:00:00Z.
    public var startedAt: Int64
    /// What translates: `native` or `litellm`.
    public var engine: String
    /// Whether it has made the links it was asked for. It serves before that already.
    public var isReady: Bool
    /// Whether it is started again when it is killed.
    public var isRevived: Bool

    /// The state of a gateway that listens on `port`.
    public init(
        host: String = Listen().host, port: UInt16, token: Secret, pid: Int32, profile: String,
        startedAt: Int64, engine: String = "native", isReady: Bool = true, isRevived: Bool = false
    ) {
        self.host = host
        self.engine = engine
        self.isReady = isReady
        self.isRevived = isRevived
        self.port = port
        self.token = token
        self.pid = pid
        self.profile = profile
        self.startedAt = startedAt
    }

    /// Writes the state to `path` with mode 0600, in one step.
    public func write(to path: String) throws(FileError) {
        let document: JSONValue = [
            "host": .string(host), "port": .number(JSONNumber(Int64(port))),
            "token": .string(token.value),
            "pid": .number(JSONNumber(Int64(pid))), "profile": .string(profile),
            "startedAt": .number(JSONNumber(startedAt)), "engine": .string(engine),
            "ready": .bool(isReady), "revived": .bool(isRevived),
        ]
        var text = ByteWriter()
        document.write(into: &text, pretty: true)
        text.append("\n")
        try AtomicFile.write(path: path, bytes: text.bytes)
    }

    /// The state at `path`; nil if there is no file, or none that a gateway of this version wrote.
    public static func read(from path: String) throws(FileError) -> GatewayState? {
        let text: [UInt8]
        do throws(FileError) {
            text = try AtomicFile.read(path, limit: 65_536)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        guard let document = try? JSONValue.parse(text, comments: false),
            let port = document["port"]?.int.flatMap({ UInt16(exactly: $0) }),
            let token = document["token"]?.string,
            let pid = document["pid"]?.int.flatMap({ Int32(exactly: $0) }),
            let profile = document["profile"]?.string,
            let startedAt = document["startedAt"]?.int
        else { return nil }
        return GatewayState(
            host: document["host"]?.string ?? Listen().host, port: port, token: Secret(token),
            pid: pid, profile: profile,
            startedAt: Int64(startedAt), engine: document["engine"]?.string ?? "native",
            isReady: document["ready"]?.bool ?? true,
            isRevived: document["revived"]?.bool ?? false)
    }

    /// Removes the file at `path` if it is this gateway's, told by token and process; a gateway that
    /// was started meanwhile keeps its own.
    public func removeIfOurs(at path: String) throws(FileError) {
        guard let found = try Self.read(from: path), found.token == token, found.pid == pid else {
            return
        }
        try AtomicFile.remove(path)
    }
}
