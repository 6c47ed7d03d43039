import AgentRouteWire
import Foundation
import Testing

@testable import AgentRoutePlatforms

/// The members of a manifest that is right, as JSON texts.
private let members = [
    "id": #""tool""#, "displayName": #""Tool""#, "wire": #""gemini""#,
    "detect": #"{"binary": "tool", "configPaths": ["~/.tool"]}"#,
    "target": #"{"type": "json-env", "path": "~/.tool/settings.json"}"#,
    "roles": #"["heavy"]"#, "wiring": #"{"A": "b"}"#,
]

/// That manifest with members replaced, added, or, where nil, left out.
private func manifest(_ changes: [String: String?] = [:]) throws(ManifestError) -> Manifest {
    let all = members.merging(changes.mapValues { $0 ?? "" }) { $1 }.filter { !$0.value.isEmpty }
    let text = all.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ",\n")
    return try Manifest(Array("{\(text)}".utf8), source: "tool.json")
}

/// The faults of that manifest, as `path: reason`.
private func faults(_ changes: [String: String?]) -> [String] {
    do throws(ManifestError) {
        _ = try manifest(changes)
        return []
    } catch {
        return error.faults.map { "\($0.path): \($0.reason)" }
    }
}

private func folder(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).appendingPathComponent("../../../\(name)").standardized
}

@Suite("Manifests")
struct ManifestTests {
    @Test("every built-in manifest is free of faults, and no id is given twice")
    func builtIn() throws {
        let manifests = try Manifest.builtIn()
        #expect(manifests.map(\.id) == ["claude-code", "codex", "gemini-cli"])
        #expect(manifests.map(\.wire) == [.anthropicMessages, .openAIResponses, .gemini])
    }

    @Test("every file of the manifests folder is built in, and no example is")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder("manifests").path)
        let ids = try Manifest.builtIn().map { "\($0.id).json" }
        #expect(files.filter { $0 != "examples" }.sorted() == ids.sorted())
    }

    @Test("the examples are free of faults, and add tools to the catalogue")
    func examples() throws {
        let examples = folder("manifests/examples")
        let names = try FileManager.default.contentsOfDirectory(atPath: examples.path).sorted()
        let files = try names.map { name in
            let data = try Data(contentsOf: examples.appendingPathComponent(name))
            return ManifestCatalogue.File(name: name, bytes: Array(data))
        }
        let catalogue = try ManifestCatalogue(user: files)
        #expect(catalogue.errors == [])
        #expect(
            catalogue.manifests.map(\.id).suffix(4) == [
                "aider", "amp", "openai-script", "opencode",
            ])
    }

    @Test(
        "an id of the program wins over the user's, and the loser is told; a broken file harms none"
    )
    func catalogue() throws {
        let text = try #require(String(bytes: bytes(of: "codex"), encoding: .utf8))
        let catalogue = try ManifestCatalogue(user: [
            .init(name: "mine.json", bytes: Array(text.replacing("Codex CLI", with: "Mine").utf8)),
            .init(name: "broken.json", bytes: Array("{".utf8)),
            .init(name: "a.json", bytes: Array(text.replacing("\"codex\"", with: "\"a\"").utf8)),
            .init(name: "b.json", bytes: Array(text.replacing("\"codex\"", with: "\"a\"").utf8)),
        ])
        #expect(catalogue["codex"]?.displayName == "Codex CLI")
        #expect(
            catalogue.shadowed == [
                .init(name: "mine.json", id: "codex"), .init(name: "b.json", id: "a"),
            ])
        #expect(catalogue.errors.map(\.source) == ["broken.json"])
        #expect(catalogue.manifests.map(\.id) == ["claude-code", "codex", "gemini-cli", "a"])
    }

    private func bytes(of id: String) throws -> Data {
        try Data(contentsOf: folder("manifests").appendingPathComponent("\(id).json"))
    }

    @Test("everything that may be in a manifest is read")
    func whole() throws {
        let tool = try manifest([
            "$schema": #""x""#, "roles": #"["fast", "heavy"]"#,
            "files": #"{"models": {"list": [null, 1, "{{roles.fast}}"]}}"#,
            "wiring": #"{"A": "{{files.models}}"}"#,
            "tune": #"{"wiring": {"B": "1"}, "settings": {"p": {"q": true, "n": 1.50}}}"#,
            "run": #"{"command": ["t", "-x"], "environment": {"C": "c"}, "unset": ["D"]}"#,
        ])
        #expect(tool.roles == [.fast, .heavy])
        #expect(tool.wiring.map(\.path) == [["env", "A"]])
        #expect(tool.tuning.map(\.path) == [["env", "B"], ["p", "q"], ["p", "n"]])
        #expect(tool.environment.map(\.path) == [["A"], ["B"], ["C"]])
        #expect(tool.run.unset == ["D"])
        #expect(try manifest().run.command == [Template("tool")])
    }

    @Test("an unknown placeholder is a fault that names its place and the known ones")
    func unknownPlaceholder() {
        let found = faults([
            "wiring": #"{"A": "{{gateway_ulr}}"}"#, "run": #"{"command": ["x", "{{roles}}"]}"#,
            "files": #"{"f": {"a": [{"b": "{{context.big}}"}]}}"#,
        ])
        #expect(found.count == 3)
        #expect(found[0].hasPrefix("files.f.a[0].b: unknown placeholder {{context.big}}; known: "))
        #expect(found[1].hasPrefix("wiring.A: unknown placeholder {{gateway_ulr}}"))
        #expect(found[1].contains("{{gateway_url}}, {{auth_token}}, {{roles.heavy}}, "))
        #expect(found[2].hasPrefix("run.command[1]: unknown placeholder {{roles}}"))
    }

    @Test(
        "every other fault names its place",
        arguments: [
            ("env", "{}", ["env: unknown key"]),
            ("id", "\"My Tool\"", ["id: must be lower-case letters, digits and hyphens"]),
            ("id", "\"\"", ["id: must be a string that is not empty"]),
            (
                "wire", "\"smoke\"",
                ["wire: must be one of anthropic-messages, openai-chat, openai-responses, gemini"]
            ),
            (
                "detect", "{\"binary\": 1, \"paths\": []}",
                [
                    "detect.paths: unknown key",
                    "detect.binary: must be a string that is not empty",
                    "detect.configPaths: is missing",
                ]
            ),
            (
                "detect", "{\"binary\": \"x\", \"configPaths\": [\"rel\"]}",
                ["detect.configPaths[0]: must begin with /, ~/ or ${NAME:-FOLDER}"]
            ),
            (
                "target", "{\"type\": \"yaml\"}",
                ["target.type: must be one of json, json-env, toml, dotenv, process-env"]
            ),
            ("target", "{\"type\": \"toml\"}", ["target.path: is missing"]),
            (
                "target", "{\"type\": \"toml\", \"path\": \"${X}/y\"}",
                ["target.path: must begin with /, ~/ or ${NAME:-FOLDER}"]
            ),
            (
                "target", "{\"type\": \"process-env\", \"path\": \"/x\"}",
                ["target.path: has no meaning for process-env"]
            ),
            ("roles", "\"heavy\"", ["roles: must be an array of strings"]),
            (
                "roles", "[\"heavy\", \"huge\"]",
                ["roles[1]: must be one of heavy, balanced, fast, each once"]
            ),
            (
                "roles", "[\"heavy\", \"heavy\"]",
                ["roles[1]: must be one of heavy, balanced, fast, each once"]
            ),
            ("wiring", "[]", ["wiring: must be an object"]),
            ("wiring", "{\"1A\": \"b\"}", ["wiring.1A: is no name of an environment variable"]),
            ("wiring", "{\"A\": 1}", ["wiring.A: must be a string"]),
            ("wiring", "{\"A\": \"{{\"}", ["wiring.A: a {{ without its }}"]),
            ("wiring", "{\"A\": \"\", \"A\": \"\"}", ["wiring.A: given twice"]),
            (
                "wiring", "{\"A\": \"{{roles.fast}}\"}",
                ["env.A: uses the role fast, which roles does not list"]
            ),
            (
                "wiring", "{\"A\": \"{{files.x}}\"}",
                ["env.A: uses the file x, which files does not describe"]
            ),
            (
                "tune", "{\"settings\": {\"a\": [1]}}",
                ["tune.settings.a: must be a string, a number, a boolean or an object"]
            ),
            (
                "files", "{\"X\": {}}",
                ["files.X: must be named in lower-case letters, digits and hyphens"]
            ),
            ("files", "{\"x\": []}", ["files.x: must be an object"]),
            ("run", "{\"command\": []}", ["run.command: must be an array that is not empty"]),
            (
                "run", "{\"unset\": [\"A B\"]}",
                ["run.unset[0]: is no name of an environment variable"]
            ),
        ] as [(String, String, [String])])
    func fault(key: String, value: String, expected: [String]) {
        #expect(faults([key: value]) == expected)
    }

    @Test("tuned settings outside of env belong to json-env")
    func settings() {
        let found = faults([
            "target": #"{"type": "dotenv", "path": "/x"}"#, "tune": #"{"settings": {"a": 1}}"#,
        ])
        #expect(found == ["tune.settings: has a meaning for json-env only"])
    }

    @Test("an empty object lacks every key; what is no object, or no JSON, is one fault")
    func missing() {
        for key in members.keys {
            let found = faults([key: nil])
            #expect(found.contains("\(key): is missing"))
        }
        for text in ["[]", "{", "{} // strict", "{\"id\": \"a\",}"] {
            let error = #expect(throws: ManifestError.self) {
                try Manifest(Array(text.utf8), source: "t.json")
            }
            #expect(error?.faults.count == 1)
        }
    }

    @Test("a fault is printed as file, path, reason")
    func description() {
        let error = ManifestError(
            source: "codex.json",
            faults: [
                .init(path: "", reason: "must be an object"),
                .init(path: "id", reason: "is missing"),
            ])
        #expect(
            String(describing: error) == "codex.json: must be an object\ncodex.json: id: is missing"
        )
    }

    @Test("a lone brace is text")
    func braces() throws {
        #expect(try Template("{a} }}").segments == [.text("{a} }}")])
    }
}
