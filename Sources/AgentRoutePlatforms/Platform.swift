@_exported public import AgentRouteWire

/// A tool that can be pointed at the gateway.
///
/// ``ManifestPlatform`` is one that a manifest describes. A Swift program may add others in code:
///
///     struct Robot: Platform {
///         let id = "robot", displayName = "Robot", wire = Wire.openAIChat, roles = [Role.heavy]
///         func detect() -> Presence { ... }
///         func link(_ request: LinkRequest) throws(LinkError) -> LinkResult { ... }
///         func unlink() throws(LinkError) -> UnlinkResult { ... }
///         func status(_ request: LinkRequest?) throws(LinkError) -> LinkStatus { ... }
///     }
///
/// All calls block on files and are made by one process at a time: who links holds a lock.
public protocol Platform: Sendable {
    /// The name commands know it by, such as `claude-code`.
    var id: String { get }
    /// The name shown to people.
    var displayName: String { get }
    /// The wire it speaks to the gateway.
    var wire: Wire { get }
    /// The tiers it asks for.
    var roles: [Role] { get }

    /// Looks whether the tool is here.
    func detect() -> Presence

    /// Points the tool's settings at the gateway. Twice is the same as once; with another address or
    /// token the settings follow, and what they were before the first link stays remembered.
    func link(_ request: LinkRequest) throws(LinkError) -> LinkResult

    /// Gives the settings back as they were, but for what the user has changed since.
    func unlink() throws(LinkError) -> UnlinkResult

    /// How the settings stand to the gateway of `request`; with nil, to the last link.
    func status(_ request: LinkRequest?) throws(LinkError) -> LinkStatus
}

extension Platform {
    /// How the settings stand to the last link.
    public func status() throws(LinkError) -> LinkStatus { try status(nil) }
}

/// What was found of a tool.
public struct Presence: Sendable, Equatable {
    /// The path of its program; nil if `PATH` has none.
    public let binary: String?
    /// The files and folders of its configuration that are there.
    public let configPaths: [String]

    /// Whether there is any sign of the tool.
    public var isFound: Bool { binary != nil || !configPaths.isEmpty }

    /// What was found.
    public init(binary: String?, configPaths: [String]) {
        self.binary = binary
        self.configPaths = configPaths
    }
}

/// The gateway a tool is to be pointed at. Prints without the token.
public struct LinkRequest: Sendable, Equatable, CustomStringConvertible,
    CustomDebugStringConvertible
{
    /// The gateway's address without a path, such as `http://127.0.0.1:4505`.
    public let gatewayURL: String
    /// The session token.
    public let token: String
    /// The context windows of the profile's models in tokens, as far as they are known.
    public let contextWindows: [Role: Int]
    /// Whether to write what foreign models need besides, such as their context window.
    public let isTuned: Bool

    /// A gateway at `gatewayURL`.
    public init(
        gatewayURL: String, token: String, contextWindows: [Role: Int] = [:], isTuned: Bool = false
    ) {
        self.gatewayURL = gatewayURL
        self.token = token
        self.contextWindows = contextWindows
        self.isTuned = isTuned
    }

    /// The address.
    public var description: String { "LinkRequest(\(gatewayURL), token <redacted>)" }

    /// The address.
    public var debugDescription: String { description }
}
