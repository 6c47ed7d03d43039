import Testing

@testable import AgentRoutePlatforms

private let mine = "[model_providers.mine]\nname = \"Mine\"\nbase_url = \"https://x/v1\"\n"

/// Settings files of Codex as they are found.
private let tomlShapes: [(name: String, text: String)] = [
    ("empty file", ""), ("a line end", "\n"), ("blank lines", "\n\n\n"),
    ("a byte order mark", "\u{FEFF}"), ("a comment", "# Codex\n"),
    ("a comment without line end", "# Codex"), ("comment and blank line", "# Codex\n\n"),
    ("one key", "approval_policy = \"never\"\n"),
    ("no final line end", "approval_policy = \"never\""),
    ("blank lines at the end", "approval_policy = \"never\"\n\n\n"),
    ("our keys", "model = \"o9\"\nmodel_provider = 'openai'\n"),
    ("our keys with comments", "model = \"o9\" # best\n# and\nmodel_provider='openai'# it\n"),
    ("a table only", "[features]\napps = false\n"),
    ("a table only, no final line end", "[features]\napps = false"),
    ("an empty table", "[features]"),
    ("a blank line and a table", "\n[features]\napps = false\n"),
    ("a comment of a table", "# switches\n[features]\napps = false\n"),
    ("a comment of its own", "# my settings\n# of Codex\n\n[features]\napps = false\n"),
    ("a schema and a table", "#:schema https://x/y.json\n\n[features]\napps = false\n"),
    ("keys and tables", "approval_policy = \"never\"\n\n[features]\napps = false\n\n" + mine),
    ("CRLF", "approval_policy = \"never\"\r\n\r\n[features]\r\napps = false\r\n"),
    ("CRLF, no final line end", "a = 1\r\n\r\n[features]\r\napps = false"),
    ("a byte order mark and CRLF", "\u{FEFF}a = 1\r\n[b]\r\nc = 2\r\n"),
    (
        "indented",
        "  a = 1\n  [features]\n    apps = false\n  [model_providers.agentroute]\n    z = 1\n"
    ),
    (
        "our table with other values",
        "model = \"m\"\n[model_providers.agentroute]\nname = \"N\" # n\nbase_url = 'u'\n\n[z]\n"
    ),
    ("our table, empty", "[model_providers.agentroute]\n\n[z]\na = 1\n"),
    ("our table, empty, last", "a = 1\n[model_providers.agentroute]"),
    ("the parent table", "[model_providers]\n\n" + mine),
    ("a table below ours", "[model_providers.agentroute.http_headers]\na = \"b\"\n"),
    ("providers inline", "model_providers = { mine = { name = \"Mine\" } }\n[features]\n"),
    ("providers inline, empty", "model_providers = {}\n"),
    ("providers inline, empty with a space", "model_providers = { }\n[a]\n"),
    ("ours inline", "model_providers = { agentroute = { name = \"N\", z = 1 }, b = {x=1} }\n"),
    ("ours inline, empty", "[model_providers]\nagentroute = {}\nmine = { name = \"Mine\" }\n"),
    ("ours inline, one key", "[model_providers]\nagentroute = {name='N'}\n"),
    ("inline with a trailing comma", "model_providers = { agentroute = { z = 1, }, }\n"),
    (
        "providers with dots",
        "model_providers.mine.name = \"Mine\"\nmodel_providers.mine.base_url = \"u\"\n[a]\n"
    ),
    ("ours with dots", "model_providers.agentroute.z = 1\n\n[a]\nb = 1\n"),
    (
        "ours with dots in its table",
        "[model_providers]\nagentroute.z = 1\nmine.name = \"Mine\"\n[a]\n"
    ),
    (
        "quoted keys",
        "\"model\" = \"m\"\n'model_provider' = 'p'\n[\"model_providers\".'agentroute']\n\"name\" = \"N\"\n"
    ),
    ("keys with spaces around dots", "[ model_providers . agentroute ] # t\nname=\"N\"\n"),
    (
        "strings over several lines",
        "notes = \"\"\"\n[model_providers.agentroute]\nmodel = \"decoy\" \\\"\"\" \n\"\"\"\nraw = '''\n# '' \\\n[x]'''\n[a]\n"
    ),
    (
        "arrays over several lines",
        "notify = [ # two\n  \"a\", # ]\n  'b]',\n  [1, { x = \"}\" }],\n]\n[a]\nb = [\n]\n"
    ),
    (
        "arrays of tables",
        "[[profiles]]\nmodel = \"a\"\n[profiles.sub]\nx = 1\n[[profiles]]\nmodel = \"b\"\n[profiles.sub]\nx = 2\n"
    ),
    (
        "dates and numbers",
        "a = 1979-05-27 07:32:00.5Z # d\nb = 07:32:00\nc = 0xDEAD_BEEF\nd = -1e+9\ne = +inf\nf = 1979-05-27\n[t]\n"
    ),
    ("escapes in keys", "\"mod\\u0065l\" = \"m\"\n[\"a.b\"]\n\"\" = 1\n"),
    (
        "projects",
        "model = \"gpt-6\"\n\n[projects.\"/h/my project\"]\ntrust_level = \"trusted\"\n\n"
            + "[mcp_servers.x]\ncommand = \"npx\"\nargs = [\"-y\", \"x@latest\"]\nenv = { A = \"1\" }\n"
    ),
    ("tables without blank lines", "a=1\n[b]\nc=1\n[d]\ne=1\n"),
    ("blanks at the ends of lines", "a = 1 \t\n[b]\t\nc = 1 \n \n"),
]

@Suite("Codex's settings")
struct CodexLinkTests {
    private static let wanted = [
        (["model"], "agentroute-heavy"), (["model_provider"], "agentroute"),
        (["model_catalog_json"], "/state/links/codex.models.json"),
        (["model_providers", "agentroute", "name"], "AgentRoute"),
        (["model_providers", "agentroute", "base_url"], "http://127.0.0.1:4505/v1"),
        (["model_providers", "agentroute", "wire_api"], "responses"),
        (["model_providers", "agentroute", "experimental_bearer_token"], "f00d"),
    ]

    @Test("link adds a provider, and unlink gives back the bytes", arguments: tomlShapes)
    func roundTrip(name: String, text: String) throws {
        let linking = try Linking("codex", settings: text)
        try linking.link()
        let linked = try TOMLSettings(Array((linking.text ?? "").utf8))
        for (path, value) in Self.wanted {
            let literal = try #require(try linked.value(at: path), "\(path)")
            #expect(TOMLSettings.string(of: literal) == value)
        }
        #expect(try linking.platform.status(Linking.request()).state == .linked)
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(linking.text.map { Array($0.utf8) } == Array(text.utf8))
        #expect(linking.files.paths == [linking.settings])
    }

    @Test(
        "without the original, the record of the keys gives back the bytes too",
        arguments: tomlShapes)
    func byKeys(name: String, text: String) throws {
        let linking = try Linking("codex", settings: text)
        try linking.link()
        try linking.loseOriginal()
        _ = try linking.platform.unlink()
        #expect(linking.text.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test("a key and a table added meanwhile stay", arguments: tomlShapes)
    func editedMeanwhile(name: String, text: String) throws {
        guard text.hasSuffix("\n"), !text.hasSuffix("\n\n"), text.contains("[") else { return }
        let linking = try Linking("codex", settings: text)
        try linking.link()
        linking.text? += "\n[later]\nx = 1\n"
        _ = try linking.platform.unlink()
        #expect(linking.text == text + "\n[later]\nx = 1\n")
    }

    @Test("a new file has the keys of the root, an empty line, the table")
    func layout() throws {
        let linking = try Linking("codex")
        try linking.link()
        #expect(
            linking.text == """
                model = "agentroute-heavy"
                model_provider = "agentroute"
                model_catalog_json = "/state/links/codex.models.json"

                [model_providers.agentroute]
                name = "AgentRoute"
                base_url = "http://127.0.0.1:4505/v1"
                wire_api = "responses"
                experimental_bearer_token = "f00d"

                """)
        _ = try linking.platform.unlink()
        #expect(linking.files.paths.isEmpty)
    }

    @Test("keys of the root come behind those that are there, or before the first table")
    func placement() throws {
        let linking = try Linking("codex", settings: "# top\n\n# about b\n[b]\nc = 1\n")
        try linking.link()
        #expect(
            linking.text?.hasPrefix(
                "# top\n\nmodel = \"agentroute-heavy\"\nmodel_provider = \"agentroute\"\n") == true)
        #expect(
            linking.text?.contains("models.json\"\n\n# about b\n[b]\nc = 1\n\n[model_p") == true)
    }

    @Test("a comment that the user has put behind a key of ours stays")
    func comment() throws {
        let linking = try Linking("codex", settings: "a = 1\n")
        try linking.link()
        linking.text = linking.text?.replacing("\"responses\"", with: "\"responses\" # why")
        _ = try linking.platform.unlink()
        #expect(linking.text?.contains("# why") == true)
        #expect(linking.text?.contains("agentroute") == false)
    }

    @Test("our table stays if the user has put a key in it, and the other quotes are no edit")
    func tableKept() throws {
        let linking = try Linking("codex", settings: "a = 1\n")
        try linking.link()
        linking.text = linking.text?.replacing("\"responses\"", with: "'responses'\nretries = 3")
        _ = try linking.platform.unlink()
        #expect(linking.text == "a = 1\n\n[model_providers.agentroute]\nretries = 3\n")
    }

    @Test("the catalogue has an entry for each alias, with the window where it is known")
    func catalogue() throws {
        let linking = try Linking("codex")
        try linking.link()
        let text = try #require(linking.files["/state/links/codex.models.json"])
        #expect(text.contains("\"slug\": \"agentroute-heavy\""))
        #expect(text.contains("\"slug\": \"agentroute-balanced\""))
        #expect(text.contains("\"context_window\": 200000"))
        #expect(text.contains("\"context_window\": 128000"))
        #expect(text.split(separator: "context_window").count == 3)
    }

    @Test(
        "what is no TOML, or has something else in our place, is refused with its place",
        arguments: [
            ("this is no toml\n", LinkError.Code.malformed, 1, 6), ("{}", .malformed, 1, 1),
            ("a = \n", .malformed, 1, 5), ("a = hello\n", .malformed, 1, 5),
            ("a = \"x\n", .malformed, 1, 7), ("a = 1 b = 2\n", .malformed, 1, 7),
            ("[a\n", .malformed, 1, 3), ("a = [1, 2\n", .malformed, 2, 1),
            ("a = \"\"\"\nx\n", .malformed, 3, 1), ("x = 1\na = 1\na = 2\n", .malformed, 3, 1),
            ("[a]\n[b]\n[a]\n", .malformed, 3, 1), ("a = { b = 1\n", .malformed, 2, 1),
            ("= 1\n", .malformed, 1, 1), ("a = 'x\ny'\n", .malformed, 1, 7),
            ("model_providers = 1\n", .notAnObject, 1, 19),
            ("[[model_providers]]\na = 1\n", .notAnObject, 1, 1),
            ("[model]\na = 1\n", .notAnObject, 1, 1), ("model.a = 1\n", .notAnObject, 1, 1),
            ("[model_providers]\nagentroute = \"x\"\n", .notAnObject, 2, 14),
        ])
    func refused(text: String, code: LinkError.Code, line: Int, column: Int) throws {
        let linking = try Linking("codex", settings: text)
        let error = try #require(throws: LinkError.self) { try linking.link() }
        #expect(error.code == code)
        #expect(error.place == .init(line: line, column: column))
        #expect(linking.files.changes == 0)
    }
}
