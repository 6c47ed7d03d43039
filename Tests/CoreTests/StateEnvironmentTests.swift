import AgentRouteCore
import Testing

@Suite("Folders and tokens")
struct StateEnvironmentTests {
    @Test("AGENTROUTE_HOME holds both, else XDG, else the home folder's own")
    func folders() throws {
        let home = try Directories(
            environment: ["AGENTROUTE_HOME": "/a", "XDG_CONFIG_HOME": "/c", "HOME": "/h"])
        #expect(home == Directories(configuration: "/a", state: "/a"))
        #expect(home.configurationFile == "/a/config.json")
        #expect(home.gatewayStateFile == "/a/gateway.json")
        let mixed = try Directories(environment: ["XDG_CONFIG_HOME": "/c", "HOME": "/h"])
        #expect(
            mixed
                == Directories(
                    configuration: "/c/agentroute", state: "/h/.local/state/agentroute"))
        let state = try Directories(
            environment: ["XDG_STATE_HOME": "/s", "AGENTROUTE_HOME": "", "HOME": "/h"])
        #expect(
            state == Directories(configuration: "/h/.config/agentroute", state: "/s/agentroute"))
    }

    @Test("a relative XDG folder is ignored, as its specification says")
    func relative() throws {
        let folders = try Directories(environment: ["XDG_CONFIG_HOME": "c", "HOME": "/h"])
        #expect(folders.configuration == "/h/.config/agentroute")
    }

    @Test(
        "without a usable home there is an error that says what to set",
        arguments: [[:], ["HOME": "h"], ["AGENTROUTE_HOME": "a", "HOME": "/h"]])
    func homeless(environment: [String: String]) {
        let error = #expect(throws: InvalidValue.self) {
            try Directories(environment: environment)
        }
        #expect(error?.reason.contains("AGENTROUTE_HOME") == true)
    }

    @Test("random tokens are 64 hexadecimal digits and differ")
    func randomToken() throws {
        let token = try SessionToken(environment: [:])
        let text = token.secret.value
        #expect(text.utf8.count == 64 && text.allSatisfy { "0123456789abcdef".contains($0) })
        #expect(!token.isChosen)
        #expect(try SessionToken.random() != token)
    }

    @Test("AGENTROUTE_TOKEN is the token when it is set")
    func chosenToken() throws {
        let token = try SessionToken(environment: ["AGENTROUTE_TOKEN": "0123456789abcdef"])
        #expect(token.secret == Secret("0123456789abcdef") && token.isChosen)
    }

    @Test(
        "a chosen token that is short or not visible is refused without being shown",
        arguments: [
            "", "never-15-chars-", "never never never never", "never-never-never-\n",
            "nevér-nevér-nevér",
        ])
    func refusedToken(value: String) {
        let error = #expect(throws: InvalidValue.self) {
            try SessionToken(environment: ["AGENTROUTE_TOKEN": value])
        }
        #expect(error?.reason.hasPrefix("AGENTROUTE_TOKEN must ") == true)
        #expect(error?.reason.contains("nev") == false)
    }

    @Test(
        "only the token itself matches",
        arguments: [
            ("0123456789abcdef", true), ("0123456789abcdeg", false), ("1123456789abcdef", false),
            ("0123456789abcde", false), ("0123456789abcdef0", false), ("", false),
            ("0123456789ABCDEF", false), ("0123456789abcdef ", false),
        ])
    func matching(candidate: String, matches: Bool) throws {
        let token = try SessionToken("0123456789abcdef")
        let bytes = Array(candidate.utf8)
        #expect(token.matches(bytes.span.bytes) == matches)
    }

    @Test("a token prints as redacted")
    func redaction() throws {
        let token = try SessionToken("0123456789abcdef")
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(String(reflecting: token)) \(dumped)".contains("0123"))
    }
}
