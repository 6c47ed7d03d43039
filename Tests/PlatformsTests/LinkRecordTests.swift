import AgentRouteWire
import Testing

@testable import AgentRoutePlatforms

private let settings =
    "{\n  \"theme\": \"dark\",\n  \"env\": {\"ANTHROPIC_BASE_URL\": \"https://mine\"}\n}\n"

@Suite("The record of a link")
struct LinkRecordTests {
    @Test("linking twice writes once")
    func twice() throws {
        let linking = try Linking(settings: settings)
        #expect(try linking.link().isChanged)
        let changes = linking.files.changes
        #expect(try !linking.link().isChanged)
        #expect(linking.files.changes == changes)
    }

    @Test("another port and token take the place of the old, and the original stays known")
    func again() throws {
        let linking = try Linking(settings: settings)
        try linking.link()
        #expect(try linking.platform.status(Linking.request(port: 5000)).state == .stale)
        try linking.link(port: 5000, token: "beef")
        #expect(linking.text?.contains("http://127.0.0.1:5000") == true)
        #expect(linking.text?.contains("f00d") == false)
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(linking.text == settings)
    }

    @Test("a link after an edit keeps the edit and the original of the other keys")
    func relinkAfterEdit() throws {
        let linking = try Linking(settings: settings)
        try linking.link()
        linking.text = linking.text?.replacing("dark", with: "light")
        try linking.link(port: 5000)
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(linking.text == settings.replacing("dark", with: "light"))
    }

    @Test("a key the user has set to another value stays theirs, and is named")
    func keptKey() throws {
        let linking = try Linking(settings: settings)
        try linking.link()
        linking.text = linking.text?.replacing("agentroute-fast", with: "claude-haiku-9")
            .replacing("\"http://127.0.0.1:4505\"", with: "\"https://other\"")
        let status = try linking.platform.status(Linking.request())
        #expect(status.state == .edited)
        #expect(
            status.keys.filter { $0.state == .edited }.map(\.name) == [
                "env.ANTHROPIC_BASE_URL", "env.ANTHROPIC_DEFAULT_HAIKU_MODEL",
            ])
        let result = try linking.platform.unlink()
        #expect(result.outcome == .merged)
        #expect(result.kept == ["env.ANTHROPIC_BASE_URL", "env.ANTHROPIC_DEFAULT_HAIKU_MODEL"])
        #expect(
            linking.text == """
                {
                  "theme": "dark",
                  "env": {"ANTHROPIC_BASE_URL": "https://other", \
                "ANTHROPIC_DEFAULT_HAIKU_MODEL": "claude-haiku-9"}
                }

                """)
    }

    @Test("settings that the tool has written anew lose our keys and nothing else")
    func rewritten() throws {
        let linking = try Linking(settings: "{ /* gone */ \"theme\": \"dark\", }")
        try linking.link(tune: true)
        let value = try JSONValue.parse(Array((linking.text ?? "").utf8), comments: true)
        linking.text = String(decoding: value.serialized(pretty: true), as: UTF8.self)
        _ = try linking.platform.unlink()
        #expect(linking.text == "{\n  \"theme\": \"dark\"\n}")
    }

    @Test("keys the user has added to env, and env itself, stay")
    func addedKeys() throws {
        let linking = try Linking(settings: "{\"theme\": \"dark\"}\n")
        try linking.link()
        linking.text = linking.text?.replacing(
            "{\"ANTHROPIC_BASE", with: "{\"A\": \"1\", \"ANTHROPIC_BASE"
        )
        .replacing("agentroute-fast\"", with: "agentroute-fast\", \"B\": \"2\"")
        _ = try linking.platform.unlink()
        #expect(linking.text == "{\"theme\": \"dark\", \"env\": {\"A\": \"1\", \"B\": \"2\"}}\n")
    }

    @Test("our keys copied into a second env go as well")
    func duplicated() throws {
        let linking = try Linking(settings: "{\n  \"a\": 1\n}\n")
        try linking.link()
        let text = try #require(linking.text)
        let start = try #require(text.firstRange(of: "  \"env\"")).lowerBound
        let end = try #require(text.firstRange(of: "  }\n")).upperBound
        linking.text = text.replacing("  }\n}", with: "  },\n\(text[start..<end])}")
        #expect(try JSONValue.parse(Array((linking.text ?? "").utf8)).object?.count == 3)
        _ = try linking.platform.unlink()
        #expect(linking.text == "{\n  \"a\": 1\n}\n")
    }

    @Test("a file the user has removed stays removed; one they have emptied stays empty")
    func removed() throws {
        for text in [nil, "", "{}", "[]"] {
            let linking = try Linking(settings: settings)
            try linking.link()
            linking.text = text
            if text == "[]" {
                #expect(throws: LinkError.self) { try linking.platform.unlink() }
                #expect(linking.files[linking.record] != nil)
            } else {
                #expect(try linking.platform.unlink().outcome == .nothing)
                #expect(linking.files[linking.record] == nil)
            }
            #expect(linking.text == text)
        }
    }

    @Test("a folder that a link has made goes with it; one with anything in it stays")
    func madeFolders() throws {
        let linking = try Linking()
        try linking.link()
        #expect(linking.files.folders.contains("/h/.claude"))
        try linking.link(port: 5000)
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(!linking.files.folders.contains("/h/.claude"))
        try linking.link()
        linking.files["/h/.claude/history"] = "mine"
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(linking.files["/h/.claude/history"] == "mine")
        #expect(linking.files.folders.contains("/h/.claude"))
    }

    @Test("a folder that was there before the link stays, empty or not")
    func ownFolder() throws {
        let linking = try Linking()
        linking.files["/h/.claude/x"] = ""
        linking.files["/h/.claude/x"] = nil
        try linking.link()
        _ = try linking.platform.unlink()
        #expect(linking.files.folders.contains("/h/.claude"))
    }

    @Test("a record of a version that kept no folders is read")
    func recordWithoutFolders() throws {
        let linking = try Linking()
        try linking.link()
        let record = try #require(linking.files[linking.record])
        let value = try JSONValue.parse(Array(record.utf8))
        let members = try #require(value.object).filter { $0.key != "folders" }
        linking.files[linking.record] = String(
            decoding: JSONValue.object(members).serialized(), as: UTF8.self)
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(linking.files.paths.isEmpty)
    }

    @Test("a link whose settings cannot be written leaves nothing of itself")
    func refusedWrite() throws {
        let linking = try Linking("codex")
        linking.files.refuse(linking.settings)
        #expect(throws: LinkError.self) { try linking.link() }
        #expect(linking.files.paths.isEmpty)
    }

    @Test("settings too large for their record are refused")
    func large() throws {
        let settings = "{\"a\": \"" + String(repeating: "x", count: 8 << 20) + "\"}"
        let linking = try Linking(settings: settings)
        let error = #expect(throws: LinkError.self) { try linking.link() }
        #expect(error?.code == .notWritable)
        #expect(linking.text == settings && linking.files.paths == [linking.settings])
    }

    @Test("unlink without a link does nothing, twice as well")
    func unlinkTwice() throws {
        let linking = try Linking(settings: settings)
        #expect(try linking.platform.unlink().outcome == .nothing)
        try linking.link()
        _ = try linking.platform.unlink()
        #expect(try linking.platform.unlink().outcome == .nothing)
        #expect(linking.text == settings)
    }

    @Test("without a record, a link is told by our aliases and a local address, and goes")
    func recognised() throws {
        let linking = try Linking(settings: "{\"theme\": \"dark\"}")
        try linking.link(tune: true)
        linking.files[linking.record] = nil
        #expect(try linking.platform.status(Linking.request(port: 1)).state == .foreign)
        #expect(try linking.platform.unlink().outcome == .recognised)
        #expect(linking.text == "{\"theme\": \"dark\"}")
    }

    @Test("a link without its record is not taken for the user's own settings")
    func relinkWithoutRecord() throws {
        let linking = try Linking(settings: "{\"theme\": \"dark\"}")
        try linking.link()
        linking.files[linking.record] = nil
        try linking.link(port: 5000)
        _ = try linking.platform.unlink()
        #expect(linking.text == "{\"theme\": \"dark\"}")
    }

    @Test(
        "settings of another gateway are foreign and are not touched",
        arguments: [
            #"{"env": {"ANTHROPIC_BASE_URL": "http://127.0.0.1:4000", "ANTHROPIC_AUTH_TOKEN": "x"}}"#,
            #"{"env": {"ANTHROPIC_BASE_URL": "https://gw", "ANTHROPIC_DEFAULT_OPUS_MODEL": "agentroute-heavy"}}"#,
        ])
    func foreign(text: String) throws {
        let linking = try Linking(settings: text)
        #expect(try linking.platform.status().state == .foreign)
        #expect(try linking.platform.unlink().outcome == .nothing)
        #expect(linking.text == text)
    }

    @Test(
        "settings of the user's own that have some of our keys are not a link of anybody",
        arguments: [
            ("claude-code", #"{"permissions": {"defaultMode": "plan"}, "env": {"A": "1"}}"#),
            ("claude-code", #"{"env": {"ANTHROPIC_AUTH_TOKEN": "x"}}"#), ("claude-code", nil),
            ("codex", "model = \"gpt-6\"\nmodel_provider = \"other\"\n"),
            ("gemini-cli", "GEMINI_API_KEY=k\n"),
        ] as [(String, String?)])
    func ownSettings(id: String, text: String?) throws {
        let linking = try Linking(id, settings: text)
        #expect(try linking.platform.status(Linking.request()).state == .notLinked)
        #expect(try linking.platform.unlink().outcome == .nothing)
        #expect(linking.text == text)
    }

    @Test("a record that cannot be read is an error, and stays")
    func brokenRecord() throws {
        for text in ["", "{}", "{\"version\": 2}", "{\"version\": 1, \"platform\": \"x\"}"] {
            let linking = try Linking(settings: settings)
            linking.files[linking.record] = text
            let error = #expect(throws: LinkError.self) { try linking.platform.unlink() }
            #expect(error?.code == .record)
            #expect(throws: LinkError.self) { try linking.link() }
            #expect(linking.files.changes == 0)
        }
    }

    @Test("the record alone is enough to unlink")
    func recordAlone() throws {
        let linking = try Linking(settings: settings)
        try linking.link()
        let link = try #require(try RecordedLink(recordPath: linking.record, files: linking.files))
        #expect(link.platform == "claude-code")
        #expect(try link.status().state == .linked)
        #expect(try link.unlink().outcome == .restored)
        #expect(linking.text == settings)
        #expect(try RecordedLink(recordPath: linking.record, files: linking.files) == nil)
    }

    @Test("a link follows settings that have moved, and the old place is given back")
    func moved() throws {
        let linking = try Linking(settings: settings)
        try linking.link()
        let elsewhere = ManifestPlatform(
            linking.platform.manifest,
            host: .init(
                files: linking.files,
                environment: ["HOME": "/h", "CLAUDE_CONFIG_DIR": "/elsewhere"],
                linksFolder: "/state/links", aliases: Linking.aliases))
        #expect(try elsewhere.link(Linking.request()).path == "/elsewhere/settings.json")
        #expect(linking.text == settings)
        _ = try elsewhere.unlink()
        #expect(linking.files.paths == [linking.settings])
    }

    @Test("a write of somebody else between our read and our write is not overwritten")
    func race() throws {
        let linking = try Linking(settings: settings)
        linking.files.afterRead = { path in
            if path == linking.settings { linking.text = "{\"new\": true}" }
        }
        let error = try #require(throws: LinkError.self) { try linking.link() }
        #expect(error.code == .changed)
        #expect(linking.text == "{\"new\": true}")
    }

    @Test("the token is not in what a request prints as")
    func redacted() {
        #expect(!"\(Linking.request(token: "s3cret"))".contains("s3cret"))
        #expect(!String(reflecting: Linking.request(token: "s3cret")).contains("s3cret"))
    }
}
