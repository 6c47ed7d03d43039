import AgentRouteCore
import AgentRouteWire
import Testing

/// Holds `docs/config.schema.json` to what the validator really knows.
@Suite("The published schema")
struct ConfigurationSchemaTests {
    private let schema: JSONValue

    init() throws {
        let tests = #filePath.split(separator: "/").dropLast(3)
        let path = "/" + tests.joined(separator: "/") + "/docs/config.schema.json"
        schema = try JSONValue.parse(AtomicFile.read(path), comments: false)
    }

    private func value(_ path: String...) throws -> JSONValue {
        try path.reduce(schema) { value, key in try #require(value[key]) }
    }

    private func keys(_ object: JSONValue) throws -> Set<String> {
        #expect(object["additionalProperties"]?.bool == false)
        return Set(try #require(object["properties"]?.object).map(\.key))
    }

    private func choices(_ value: JSONValue) throws -> [String] {
        try #require(value["enum"]?.array).compactMap(\.string)
    }

    @Test("the schema has every key the validator knows, and no other")
    func sameKeys() throws {
        func known<Key: CaseIterable & RawRepresentable<String>>(_: Key.Type) -> Set<String> {
            Set(Key.allCases.map(\.rawValue))
        }
        #expect(try keys(schema) == known(RootKey.self))
        #expect(try keys(value("properties", "listen")) == known(ListenKey.self))
        #expect(try keys(value("properties", "limits")) == known(LimitKey.self))
        #expect(try keys(value("properties", "log")) == known(LogKey.self))
        #expect(try keys(value("$defs", "profile")) == known(ProfileKey.self))
        let provider = try value("$defs", "provider")
        #expect(try keys(provider) == known(ProviderKey.self))
        #expect(
            try keys(#require(provider["properties"]?["timeouts"])) == known(TimeoutKey.self))
    }

    @Test("the schema has the validator's choices, in its order")
    func sameChoices() throws {
        let provider = try value("$defs", "provider", "properties")
        #expect(try choices(value("$defs", "wire")) == Wire.all.map(\.rawValue))
        #expect(try choices(#require(provider["preset"])) == Preset.all.map(\.name))
        #expect(try choices(#require(provider["dialect"])) == Provider.Dialect.all.map(\.name))
        #expect(try choices(#require(provider["auth"])) == Authentication.all.map(\.name))
        let log = try value("properties", "log", "properties")
        #expect(try choices(#require(log["level"])) == LogLevel.all.map(\.name))
        #expect(try choices(#require(log["format"])) == LogFormat.all.map(\.name))
    }

    @Test("a document that spells out every default of the schema loads as the empty one")
    func sameDefaults() throws {
        var sections: [JSONMember] = []
        for name in ["listen", "limits", "log"] {
            let properties = try #require(try value("properties", name)["properties"]?.object)
            let members = try properties.map {
                JSONMember(key: $0.key, value: try #require($0.value["default"]))
            }
            sections.append(JSONMember(key: name, value: .object(members)))
        }
        for name in ["providers", "profiles", "activeProfile"] {
            let standard = try #require(try value("properties", name)["default"])
            sections.append(JSONMember(key: name, value: standard))
        }
        let text = String(decoding: JSONValue.object(sections).serialized(), as: UTF8.self)
        #expect(try ConfigurationFixture(text).load() == ConfigurationFixture("{}").load())
        let timeouts = try #require(
            try value("$defs", "provider", "properties")["timeouts"]?["properties"]?.object)
        let spelled = JSONValue.object(
            try timeouts.map {
                JSONMember(key: $0.key, value: try #require($0.value["default"]))
            })
        let settings = String(decoding: spelled.serialized(), as: UTF8.self)
        let lab = try ConfigurationFixture.provider(
            "\"preset\": \"ollama\", \"timeouts\": \(settings)"
        ).lab()
        #expect(lab.timeouts == Provider.Timeouts())
    }

    @Test(
        "the schema's bounds are the validator's",
        arguments: ["headBytes", "bodyBytes", "connections"])
    func sameBounds(key: String) throws {
        let property = try #require(try value("properties", "limits", "properties")[key])
        let bounds = try [#require(property["minimum"]?.int), #require(property["maximum"]?.int)]
        for bound in bounds {
            let text = "{ \"limits\": { \"\(key)\": \(bound) } }"
            #expect(ConfigurationFixture(text).faults().isEmpty)
        }
        for beyond in [bounds[0] - 1, bounds[1] + 1] {
            let text = "{ \"limits\": { \"\(key)\": \(beyond) } }"
            #expect(ConfigurationFixture(text).faults().count == 1)
        }
    }
}
