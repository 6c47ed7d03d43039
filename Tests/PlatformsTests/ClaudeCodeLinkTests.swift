import AgentRouteWire
import Testing

@testable import AgentRoutePlatforms

/// What Claude Code reads as its environment, by a reader that shares nothing with the editor.
private func environment(_ text: String?) throws -> [String: String] {
    let value = try JSONValue.parse(Array((text ?? "").utf8), comments: true)
    let members = try #require(value["env"]?.object)
    return Dictionary(members.map { ($0.key, $0.value.string ?? "?") }, uniquingKeysWith: { $1 })
}

private let ours = [
    "ANTHROPIC_BASE_URL": "http://127.0.0.1:4505", "ANTHROPIC_AUTH_TOKEN": "f00d",
    "ANTHROPIC_DEFAULT_OPUS_MODEL": "agentroute-heavy",
    "ANTHROPIC_DEFAULT_SONNET_MODEL": "agentroute-balanced",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL": "agentroute-fast",
]

@Suite("Claude Code's settings")
struct ClaudeCodeLinkTests {
    @Test("link adds five variables, and unlink gives back the bytes", arguments: jsonShapes)
    func roundTrip(name: String, text: String) throws {
        let linking = try Linking(settings: text)
        try linking.link()
        if !name.contains("deeply") {
            let found = try environment(linking.text)
            for (key, value) in ours { #expect(found[key] == value, "\(key)") }
        }
        #expect(try linking.platform.status(Linking.request()).state == .linked)
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(linking.text.map { Array($0.utf8) } == Array(text.utf8))
        #expect(linking.files.paths == [linking.settings])
    }

    @Test(
        "without the original, the record of the keys gives back the bytes too",
        arguments: jsonShapes, [false, true])
    func byKeys(shape: (name: String, text: String), tune: Bool) throws {
        let linking = try Linking(settings: shape.text)
        try linking.link(tune: tune)
        try linking.loseOriginal()
        _ = try linking.platform.unlink()
        #expect(linking.text.map { Array($0.utf8) } == Array(shape.text.utf8))
    }

    @Test("what was there is still there, in its order", arguments: jsonShapes)
    func untouched(name: String, text: String) throws {
        guard !text.contains("ANTHROPIC") else { return }
        let linking = try Linking(settings: text)
        try linking.link()
        var rest = Array((linking.text ?? "").utf8)[...]
        for byte in text.utf8 where !byte.isSpace {
            let next = try #require(rest.firstIndex(of: byte))
            rest = rest[(next + 1)...]
        }
    }

    @Test("an edit meanwhile survives, and the rest is as it was", arguments: jsonShapes)
    func editedMeanwhile(name: String, text: String) throws {
        guard text.contains("\"dark\"") else { return }
        let linking = try Linking(settings: text)
        try linking.link(tune: true)
        linking.text = linking.text?.replacing("\"dark\"", with: "\"light\"")
        #expect(try linking.platform.unlink().outcome == .merged)
        #expect(linking.text == text.replacing("\"dark\"", with: "\"light\""))
    }

    @Test("without a file one is made, and unlink removes it")
    func noFile() throws {
        let linking = try Linking()
        try linking.link()
        #expect(
            linking.text == """
                {
                  "env": {
                    "ANTHROPIC_BASE_URL": "http://127.0.0.1:4505",
                    "ANTHROPIC_AUTH_TOKEN": "f00d",
                    "ANTHROPIC_DEFAULT_OPUS_MODEL": "agentroute-heavy",
                    "ANTHROPIC_DEFAULT_SONNET_MODEL": "agentroute-balanced",
                    "ANTHROPIC_DEFAULT_HAIKU_MODEL": "agentroute-fast"
                  }
                }

                """)
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(linking.files.paths.isEmpty)
    }

    @Test("a file we made stays if the user has put something in it")
    func noFileEdited() throws {
        let linking = try Linking()
        try linking.link()
        linking.text = linking.text?.replacing("{\n  \"env\"", with: "{\n  \"a\": 1,\n  \"env\"")
        _ = try linking.platform.unlink()
        #expect(linking.text == "{\n  \"a\": 1\n}\n")
        try linking.link()
        _ = try linking.platform.unlink()
        #expect(linking.text == "{\n  \"a\": 1\n}\n")
    }

    @Test("new members look like their neighbours")
    func layout() throws {
        let linking = try Linking(settings: "{\r\n\t\"a\":1, // one\r\n\t\"env\":{}\r\n}\r\n")
        try linking.link(tune: true)
        #expect(
            linking.text?.hasPrefix(
                "{\r\n\t\"a\":1, // one\r\n\t\"env\":{\r\n\t\t\"ANTHROPIC_BASE_URL\":\"http://127.0.0.1:4505\",\r\n\t\t"
            ) == true)
        #expect(
            linking.text?.hasSuffix(
                "\"0\"\r\n\t},\r\n\t\"permissions\":{\r\n\t\t\"defaultMode\":\"default\"\r\n\t}\r\n}\r\n"
            ) == true)
    }

    @Test("tuning adds what foreign models need, a window only if one is known")
    func tune() throws {
        let linking = try Linking(settings: "{}")
        try linking.link(tune: true)
        let found = try environment(linking.text)
        #expect(found["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == "128000")
        #expect(found["ANTHROPIC_DEFAULT_FABLE_MODEL"] == "agentroute-heavy")
        #expect(found["CLAUDE_CODE_DISABLE_1M_CONTEXT"] == "1")
        #expect(found["CLAUDE_CODE_ATTRIBUTION_HEADER"] == "0")
        let value = try JSONValue.parse(Array((linking.text ?? "").utf8))
        #expect(value["permissions"]?["defaultMode"]?.string == "default")
        _ = try linking.platform.link(
            LinkRequest(gatewayURL: "http://127.0.0.1:4505", token: "f00d", isTuned: true))
        #expect(try environment(linking.text)["CLAUDE_CODE_MAX_CONTEXT_TOKENS"] == nil)
        try linking.link()
        #expect(try environment(linking.text) == ours)
        _ = try linking.platform.unlink()
        #expect(linking.text == "{}")
    }

    @Test(
        "what cannot hold our keys is refused with its place, and nothing is written",
        arguments: [
            ("[]", LinkError.Code.notAnObject, 1, 1), ("\n \"text\"", .notAnObject, 2, 2),
            ("null", .notAnObject, 1, 1), ("\u{FEFF}12", .notAnObject, 1, 1),
            ("{\"env\": null}", .notAnObject, 1, 9), ("{\n  \"env\": []\n}", .notAnObject, 2, 10),
            ("{\"env\": \"A=1\"}", .notAnObject, 1, 9),
            ("{\"env\": {}, \"env\": 1}", .notAnObject, 1, 20),
            ("{", .malformed, 1, 2), ("{\"a\": 1", .malformed, 1, 8),
            ("{\"a\" 1}", .malformed, 1, 6),
            ("{a: 1}", .malformed, 1, 2), ("{'a': 1}", .malformed, 1, 2),
            ("{\"a\": 01}", .malformed, 1, 9),
            ("{\"a\": 1}\n}", .malformed, 2, 1), ("{\"a\": 1,, \"b\": 2}", .malformed, 1, 9),
            ("{,}", .malformed, 1, 2), ("{\"a\": [,]}", .malformed, 1, 8),
            ("{\"a\": \"\t\"}", .malformed, 1, 8), ("{\"a\": \"\\x\"}", .malformed, 1, 8),
            ("{\"a\": undefined}", .malformed, 1, 7), ("{\"a\": 1 /* }", .malformed, 1, 9),
            ("// only a comment", .malformed, 1, 18), ("theme = \"dark\"\n", .malformed, 1, 1),
            ("{\"größe\": x}", .malformed, 1, 11), ("{\"a\": 1]", .malformed, 1, 8),
            ("<<<<<<< HEAD\n{}\n", .malformed, 1, 1), ("\u{0}\u{0}", .malformed, 1, 1),
        ])
    func refused(text: String, code: LinkError.Code, line: Int, column: Int) throws {
        let linking = try Linking(settings: text)
        let error = try #require(throws: LinkError.self) { try linking.link() }
        #expect(error.code == code)
        #expect(error.place == .init(line: line, column: column))
        #expect(error.path == linking.settings)
        #expect(linking.files.changes == 0)
    }

    @Test("text that is not UTF-8 is refused")
    func encoding() throws {
        let bytes = Array("{\"ä\": \"".utf8) + [0xFF] + Array("\"}".utf8)
        let fault = #expect(throws: SettingsFault.self) { try JSONSettings(bytes) }
        #expect(fault?.description == "line 1, column 8: the text is not UTF-8")
        #expect(throws: SettingsFault.self) { try TOMLSettings([0xC3]) }
        #expect(throws: SettingsFault.self) { try DotenvSettings([0x80]) }
    }

    @Test("a file that may not be written is refused, also for unlink")
    func readOnly() throws {
        let linking = try Linking(settings: "{}")
        linking.files.makeReadOnly(linking.settings)
        let error = try #require(throws: LinkError.self) { try linking.link() }
        #expect(error.code == .notWritable)
        #expect(linking.files.changes == 0)
    }
}

extension Linking {
    /// Takes the original out of the record.
    func loseOriginal() throws {
        let text = try #require(files[record])
        let known = try #require(LinkRecord(json: Array(text.utf8)))
        let lost = LinkRecord(
            platform: known.platform, path: known.path, format: known.format, original: .lost,
            fingerprints: known.fingerprints, entries: known.entries,
            containers: known.containers, files: known.files, folders: known.folders)
        files[record] = String(decoding: lost.json, as: UTF8.self)
    }
}
