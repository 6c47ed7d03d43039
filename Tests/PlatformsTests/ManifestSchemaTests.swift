import AgentRouteWire
import Foundation
import Testing

@testable import AgentRoutePlatforms

/// Holds `docs/manifest.schema.json` to what the reader really knows.
@Suite("The published schema of manifests")
struct ManifestSchemaTests {
    private let schema: JSONValue

    init() throws {
        let file = URL(fileURLWithPath: #filePath)
            .appendingPathComponent("../../../docs/manifest.schema.json")
        schema = try JSONValue.parse(Array(Data(contentsOf: file.standardized)))
    }

    private func value(_ path: String...) throws -> JSONValue {
        try path.reduce(schema) { value, key in try #require(value[key]) }
    }

    private func keys(_ object: JSONValue) throws -> Set<String> {
        #expect(object["additionalProperties"]?.bool == false)
        return Set(try #require(object["properties"]?.object).map(\.key))
    }

    private func known<Key: CaseIterable & RawRepresentable<String>>(_: Key.Type) -> Set<String> {
        Set(Key.allCases.map(\.rawValue))
    }

    private func choices(_ value: JSONValue) throws -> [String] {
        try #require(value["enum"]?.array).compactMap(\.string)
    }

    @Test("the schema has every key the reader knows, and no other")
    func sameKeys() throws {
        #expect(try keys(schema) == known(ManifestReader.Key.self))
        #expect(try keys(value("properties", "detect")) == known(ManifestReader.DetectKey.self))
        #expect(try keys(value("properties", "target")) == known(ManifestReader.TargetKey.self))
        #expect(try keys(value("properties", "tune")) == known(ManifestReader.TuneKey.self))
        #expect(try keys(value("properties", "run")) == known(ManifestReader.RunKey.self))
    }

    @Test("the schema has the reader's choices, in its order")
    func sameChoices() throws {
        #expect(try choices(value("properties", "wire")) == Wire.all.map(\.rawValue))
        #expect(
            try choices(value("properties", "target", "properties", "type"))
                == ManifestReader.TargetType.allCases.map(\.rawValue))
        #expect(try choices(value("properties", "roles", "items")) == Role.allCases.map(\.rawValue))
    }

    @Test("the schema requires what the reader misses in an empty object")
    func sameRequired() throws {
        let error = try #require(throws: ManifestError.self) {
            try Manifest(Array("{}".utf8), source: "")
        }
        let required = try #require(schema["required"]?.array).compactMap(\.string)
        #expect(Set(error.faults.map(\.path)) == Set(required))
        #expect(error.faults.count == required.count)
    }
}
