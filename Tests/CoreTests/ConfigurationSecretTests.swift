import AgentRouteCore
import Testing

@Suite("Keys of providers")
struct ConfigurationSecretTests {
    private static let value = "sk-never-to-be-seen"

    @Test("a secret shows in no way Swift has of printing it")
    func redaction() {
        let secret = Secret(Self.value)
        var dumped = ""
        dump(["key": secret], to: &dumped)
        for text in [
            "\(secret)", String(describing: secret), String(reflecting: secret), dumped,
            "\([secret])", "\(Optional(secret) as Any)",
            "\(Mirror(reflecting: secret).children.count)",
        ] {
            #expect(!text.contains("never"))
        }
        #expect("\(secret)" == "<redacted>" && secret.withValue { $0 } == Self.value)
    }

    @Test("a whole configuration prints without its keys and header values")
    func configurationRedaction() throws {
        let configuration = try ConfigurationFixture.provider(
            """
            "preset": "openai", "apiKey": "\(Self.value)",
            "headers": { "authorization": "\(Self.value)" }
            """
        ).load()
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(
            !"\(configuration) \(String(reflecting: configuration)) \(dumped)".contains("never"))
    }

    @Test("a key comes from the environment, a file or the text itself")
    func sources() throws {
        let files = [
            "/etc/agentroute/keys/lab": "sk-file\n", "/h/key": "sk-home\r\n", "/k": "sk-root",
        ]
        func key(_ apiKey: String) throws -> KeyState {
            try ConfigurationFixture.provider(
                "\"preset\": \"openai\", \"apiKey\": \"\(apiKey)\"",
                environment: ["LAB": "sk-env", "HOME": "/h"], files: files
            ).lab().key
        }
        #expect(
            try key("env:LAB") == .present(Secret("sk-env"), source: "environment variable LAB"))
        #expect(
            try key("file:keys/lab")
                == .present(Secret("sk-file"), source: "file /etc/agentroute/keys/lab"))
        #expect(try key("file:~/key") == .present(Secret("sk-home"), source: "file /h/key"))
        #expect(try key("file:/k") == .present(Secret("sk-root"), source: "file /k"))
        #expect(try key("sk-text") == .present(Secret("sk-text"), source: "configuration"))
    }

    @Test("a variable that is not set, or empty, is a missing key and no fault")
    func missing() throws {
        for environment in [[:], ["LAB": ""]] {
            let lab = try ConfigurationFixture.provider(
                "\"preset\": \"openai\", \"apiKey\": \"env:LAB\"", environment: environment
            ).lab()
            #expect(lab.key == .missing(reason: "the environment variable LAB is not set"))
        }
    }

    @Test(
        "a key that could not be sent is a fault that does not show it",
        arguments: [
            "", "sk never\\nsk", "never\\u0000", "sk-never\\r\\nx: y", "nevér", "file:bad",
            "file:empty", "file:absent", "file:", "file:~/x", "env:", "env:never-ever",
            "env:1never", "keyring:never", "env:BAD",
        ])
    func refused(apiKey: String) {
        let faults = ConfigurationFixture.provider(
            "\"preset\": \"openai\", \"apiKey\": \"\(apiKey)\"",
            environment: ["BAD": "never here"],
            files: ["/etc/agentroute/bad": "ne\nver", "/etc/agentroute/empty": "\n"]
        ).faults()
        #expect(faults.count == 1)
        #expect(
            faults.allSatisfy {
                $0.hasPrefix("providers.lab.apiKey: ") && !$0.contains("never")
                    && !$0.contains("nevér")
            })
    }

    @Test("an apiKey beats the preset's variable, and the preset's variables are tried in order")
    func precedence() throws {
        let environment = ["GOOGLE_API_KEY": "second", "OPENAI_API_KEY": "own", "LAB": "lab"]
        func key(_ settings: String, _ more: [String: String] = [:]) throws -> KeyState {
            try ConfigurationFixture.provider(
                settings, environment: environment.merging(more) { _, new in new }
            ).lab().key
        }
        #expect(
            try key("\"preset\": \"openai\", \"apiKey\": \"env:LAB\"")
                == .present(Secret("lab"), source: "environment variable LAB"))
        #expect(
            try key("\"preset\": \"gemini\"")
                == .present(Secret("second"), source: "environment variable GOOGLE_API_KEY"))
        #expect(
            try key("\"preset\": \"gemini\"", ["GEMINI_API_KEY": "first"])
                == .present(Secret("first"), source: "environment variable GEMINI_API_KEY"))
        #expect(
            try key("\"preset\": \"gemini\"", ["GOOGLE_API_KEY": ""])
                == .missing(
                    reason: "none of the environment variables GEMINI_API_KEY, GOOGLE_API_KEY "
                        + "is set"))
    }
}
