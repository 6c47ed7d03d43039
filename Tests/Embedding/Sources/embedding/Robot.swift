import AgentRouteCore
import AgentRoutePlatforms

/// A tool that this program adds in code.
struct Robot: Platform {
    let id = "robot"
    let displayName = "Robot"
    let wire = Wire.openAIChat
    let roles: [Role] = [.heavy]

    func detect() -> Presence { Presence(binary: "/opt/robot", configPaths: []) }

    func link(_ request: LinkRequest) throws(LinkError) -> LinkResult {
        LinkResult(path: nil, keys: ["ROBOT_URL"], isChanged: false)
    }

    func unlink() throws(LinkError) -> UnlinkResult {
        UnlinkResult(path: nil, outcome: .nothing)
    }

    func status(_ request: LinkRequest?) throws(LinkError) -> LinkStatus {
        LinkStatus(state: .notLinked, path: nil)
    }

    /// Links, and shows that no print of the request holds the token.
    static func links() throws {
        let platform: any Platform = Robot()
        let request = LinkRequest(gatewayURL: "http://127.0.0.1:4505", token: "secret-0123456789")
        let result = try platform.link(request)
        try Fault.unless(
            result.keys == ["ROBOT_URL"] && platform.detect().isFound
                && !"\(request)".contains("secret"), "a platform in code is not as it was made")
    }
}
