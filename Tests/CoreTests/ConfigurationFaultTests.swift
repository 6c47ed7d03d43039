import AgentRouteCore
import Testing

@Suite("Faults of config.json")
struct ConfigurationFaultTests {
    @Test("a syntax error says line and column")
    func syntax() throws {
        let faults = ConfigurationFixture("{\n  \"listen\": }").faults()
        #expect(faults.count == 1)
        #expect(try #require(faults.first).hasPrefix("line 2, column 13: "))
    }

    @Test("every fault is reported at once, each with its path")
    func everyFault() {
        let text = """
            { "listen": { "port": 70000, "hots": "x" },
              "providers": {
                "lab": { "baseURL": "ftp://x", "wires": ["openai-chat", "opnai-chat"],
                         "timeouts": { "connect": "ten" } },
                "bare": {} },
              "profiles": { "default": { "heavy": "lba/x", "fast": "lab" } },
              "limits": { "bodyBytes": "1" } }
            """
        let paths = ConfigurationFixture(text).faults().map { fault in
            String(fault.prefix { $0 != ":" })
        }
        #expect(
            Set(paths) == [
                "listen.port", "listen.hots", "providers.lab.baseURL", "providers.lab.wires[1]",
                "providers.lab.timeouts.connect", "providers.bare.baseURL", "providers.bare.wires",
                "profiles.default.heavy", "profiles.default.fast", "limits.bodyBytes",
            ])
        #expect(paths.count == 10)
    }

    @Test(
        "an unknown key is a fault that suggests the nearest name",
        arguments: [
            ("{ \"lisen\": {} }", "lisen: unknown key (did you mean \"listen\"?)"),
            ("{ \"zzz\": 1 }", "zzz: unknown key"),
            ("{ \"log\": { \"levle\": 1 } }", "log.levle: unknown key (did you mean \"level\"?)"),
            ("{ \"limits\": { \"a b\": 1 } }", "limits[\"a b\"]: unknown key"),
            (
                "{ \"profiles\": { \"default\": { \"haevy\": \"a/b\" } } }",
                "profiles.default.haevy: unknown key (did you mean \"heavy\"?)"
            ),
        ])
    func unknownKey(text: String, fault: String) {
        #expect(ConfigurationFixture(text).faults() == [fault])
    }

    @Test(
        "a wrong type says what was expected and what was found",
        arguments: [
            ("[]", "expected an object, found an array"),
            ("{ \"listen\": 1 }", "listen: expected an object, found a number"),
            ("{ \"$schema\": {} }", "$schema: expected a string, found an object"),
            (
                "{ \"listen\": { \"port\": \"1\" } }",
                "listen.port: expected a whole number, found a string"
            ),
            (
                "{ \"limits\": { \"idle\": 75 } }",
                "limits.idle: expected a duration such as \"10s\", found a number"
            ),
            (
                "{ \"listen\": { \"allowedHosts\": \"a\" } }",
                "listen.allowedHosts: expected an array of strings, found a string"
            ),
            (
                "{ \"listen\": { \"allowedHosts\": [null] } }",
                "listen.allowedHosts[0]: expected a string, found null"
            ),
            ("{ \"providers\": true }", "providers: expected an object, found a boolean"),
            (
                "{ \"providers\": { \"lab\": \"openai\" } }",
                "providers.lab: expected an object, found a string"
            ),
        ])
    func wrongType(text: String, fault: String) {
        #expect(ConfigurationFixture(text).faults() == [fault])
    }

    @Test("a key given twice is a fault")
    func duplicateKey() {
        let text = "{ \"log\": {}, \"log\": {} }"
        #expect(ConfigurationFixture(text).faults() == ["log: the key is given more than once"])
    }

    @Test(
        "a duration needs a whole number and a unit, and is longer than zero",
        arguments: ["10", "s", "1.5s", "-1s", "10 s", "10d", "0s", "1m30s", "1000000000s", "٣s"])
    func duration(text: String) {
        let faults = ConfigurationFixture("{ \"limits\": { \"head\": \"\(text)\" } }").faults()
        #expect(faults.count == 1 && faults.allSatisfy { $0.hasPrefix("limits.head: ") })
    }

    @Test(
        "limits and ports outside their range are faults",
        arguments: [
            ("listen", "port", "-1"), ("listen", "port", "65536"), ("limits", "headBytes", "255"),
            ("limits", "bodyBytes", "0"), ("limits", "connections", "0"),
            ("limits", "bodyBytes", "1e30"), ("limits", "connections", "1.5"),
        ])
    func ranges(section: String, key: String, value: String) {
        let faults = ConfigurationFixture(
            "{ \"\(section)\": { \"\(key)\": \(value) } }"
        ).faults()
        #expect(faults.count == 1 && faults.allSatisfy { $0.hasPrefix("\(section).\(key): ") })
    }

    @Test(
        "listen.host is an address, allowed hosts are hosts",
        arguments: [
            ("\"host\": \"example.com\"", "listen.host: "), ("\"host\": \"\"", "listen.host: "),
            ("\"allowedHosts\": [\"a/b\"]", "listen.allowedHosts[0]: "),
            ("\"allowedHosts\": [\"a/\"]", "listen.allowedHosts[0]: "),
            ("\"allowedHosts\": [\"ok\", \"\"]", "listen.allowedHosts[1]: "),
        ])
    func hosts(setting: String, prefix: String) {
        let faults = ConfigurationFixture("{ \"listen\": { \(setting) } }").faults()
        #expect(faults.count == 1 && faults.allSatisfy { $0.hasPrefix(prefix) })
    }

    @Test(
        "a choice that does not exist lists the choices and suggests one",
        arguments: [
            (
                "{ \"log\": { \"level\": \"warning\" } }",
                "log.level: expected one of debug, info, warn, error"
            ),
            (
                "{ \"log\": { \"format\": \"jsn\" } }",
                "log.format: expected one of logfmt, json (did you mean \"json\"?)"
            ),
        ])
    func choice(text: String, fault: String) {
        #expect(ConfigurationFixture(text).faults() == [fault])
    }

    @Test("an unknown preset is one fault, not also a missing base URL")
    func unknownPreset() {
        let faults = ConfigurationFixture.provider("\"preset\": \"openruter\"").faults()
        #expect(faults.count == 1)
        #expect(faults.allSatisfy { $0.hasSuffix("(did you mean \"openrouter\"?)") })
    }

    @Test("a profile that names a faulty provider is not reported as well")
    func noCascade() {
        let text = """
            { "providers": { "lab": 1, "old": { "preset": "x" } },
              "profiles": { "default": { "heavy": "lab/m", "fast": "old/m" } } }
            """
        #expect(ConfigurationFixture(text).faults().count == 2)
    }

    @Test(
        "a model reference is provider/model of a provider that exists",
        arguments: ["model", "/model", "lab/", "lab/a b", "lab/a\\u0000", "", "lib/model"])
    func modelReference(text: String) {
        let faults = ConfigurationFixture(
            """
            { "providers": { "lab": { "preset": "ollama" } },
              "profiles": { "default": { "heavy": "\(text)" } } }
            """
        ).faults()
        #expect(faults.count == 1)
        #expect(faults.allSatisfy { $0.hasPrefix("profiles.default.heavy: ") })
    }

    @Test("the active profile exists if any does, and cannot be named if none does")
    func activeProfile() {
        #expect(
            ConfigurationFixture("{ \"profiles\": { \"work\": {}, \"home\": {} } }").faults()
                == ["activeProfile: there is no profile \"default\"; expected one of work, home"])
        #expect(
            ConfigurationFixture("{ \"activeProfile\": \"work\" }").faults()
                == ["activeProfile: there is no profile \"work\": there are no profiles"])
    }

    @Test("ids and profile names are plain names", arguments: ["", "a/b", "a b", ".a", "é"])
    func names(name: String) {
        #expect(
            ConfigurationFixture(
                "{ \"providers\": { \"\(name)\": { \"preset\": \"ollama\" } } }"
            ).faults().count == 1)
        #expect(
            ConfigurationFixture(
                "{ \"profiles\": { \"\(name)\": {} }, \"activeProfile\": \"\(name)\" }"
            ).faults().count == 1)
    }
}
