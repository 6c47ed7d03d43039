/// What one client may ask of the gateway.
public struct Limits: Sendable, Equatable {
    /// The longest request head, request line included, in bytes.
    public var headBytes: Int
    /// The longest request body, in bytes.
    public var bodyBytes: Int
    /// How many client connections may be open at once.
    public var connections: Int
    /// From the first byte of a request to the end of its head.
    public var head: Duration
    /// How long a body may stay away while it is being read.
    public var body: Duration
    /// How long a connection may stay open between two requests.
    public var idle: Duration

    /// The defaults: 64 KiB, 64 MiB, 4096, 10 s, 60 s and 75 s.
    public init() {
        headBytes = 65_536
        bodyBytes = 67_108_864
        connections = 4096
        head = .seconds(10)
        body = .seconds(60)
        idle = .seconds(75)
    }

    static let headByteRange = 256...16_777_216
    static let bodyByteRange = 1...2_147_483_647
    static let connectionRange = 1...1_000_000
}

/// Where the gateway listens.
public struct Listen: Sendable, Equatable {
    /// An IPv4 or IPv6 address. `localhost` is taken for 127.0.0.1.
    public let host: String
    /// The port; 0 lets the system choose.
    public var port: UInt16
    /// Values of a request's `Host` that are accepted besides the loopback names: host names, with a
    /// port where it is not the gateway's own.
    public var allowedHosts: [String]

    /// The defaults: 127.0.0.1, port 4505, loopback names only.
    public init(host: String = "127.0.0.1", port: UInt16 = 4505, allowedHosts: [String] = []) {
        self.host = host == "localhost" ? "127.0.0.1" : host
        self.port = port
        self.allowedHosts = allowedHosts
    }
}

/// How the gateway logs.
public struct LogSettings: Sendable, Equatable {
    /// The least severe level that is written.
    public var level: LogLevel
    /// The form of a line.
    public var format: LogFormat

    /// The defaults: `info` and `logfmt`.
    public init(level: LogLevel = .info, format: LogFormat = .logfmt) {
        self.level = level
        self.format = format
    }
}

/// How severe a log line is; the lesser value is the less severe.
public struct LogLevel: Sendable, Hashable, Comparable {
    /// The name the configuration uses.
    public let name: String
    private let severity: Int

    /// Everything.
    public static let debug = LogLevel(name: "debug", severity: 0)
    /// One line for each exchange, and what starts and stops.
    public static let info = LogLevel(name: "info", severity: 1)
    /// What a user should look at.
    public static let warn = LogLevel(name: "warn", severity: 2)
    /// What did not work.
    public static let error = LogLevel(name: "error", severity: 3)
    /// Every level, the least severe first.
    public static let all = [debug, info, warn, error]

    /// The level called `name`.
    public static func named(_ name: String) -> LogLevel? {
        all.first { $0.name == name }
    }

    /// Whether `left` is less severe.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.severity < right.severity
    }
}

/// The form of a log line.
public struct LogFormat: Sendable, Hashable {
    /// The name the configuration uses.
    public let name: String

    /// `key=value` pairs.
    public static let logfmt = LogFormat(name: "logfmt")
    /// One JSON object a line.
    public static let json = LogFormat(name: "json")
    /// Every form.
    public static let all = [logfmt, json]
}
