import Testing

@testable import AgentRoutePlatforms

/// Settings files of Gemini CLI as they are found.
private let dotenvShapes: [(name: String, text: String)] = [
    ("empty file", ""), ("a line end", "\n"), ("blank lines", "\n\n"), ("a comment", "# keys\n"),
    ("one variable", "A=1\n"), ("no final line end", "A=1"), ("CRLF", "A=1\r\nB=2\r\n"),
    ("CRLF, no final line end", "A=1\r\nB=2"),
    ("a byte order mark", "\u{FEFF}GEMINI_MODEL=m\nA=1\n"),
    ("a byte order mark only", "\u{FEFF}"),
    ("our variables", "GEMINI_API_KEY=k\nGEMINI_MODEL=m\nGOOGLE_GEMINI_BASE_URL=u\n"),
    ("export", "export GEMINI_API_KEY=k\nexport  A=1\n"),
    ("quotes", "GEMINI_API_KEY=\"k\"\nGEMINI_MODEL='m'\nGOOGLE_GEMINI_BASE_URL=`u`\n"),
    ("blanks", "  GEMINI_API_KEY =  k  \n\tGEMINI_MODEL\t=\tm\t\n"),
    ("comments behind values", "GEMINI_API_KEY=k # key\nGEMINI_MODEL=\"m # n\" # model\n"),
    ("an empty value", "GEMINI_API_KEY=\nGEMINI_MODEL= \nA=\n"),
    ("an empty value with a comment", "GEMINI_API_KEY= # none\n"),
    ("given twice", "GEMINI_API_KEY=a\nX=1\nGEMINI_API_KEY=b\n"),
    ("commented out", "# GEMINI_API_KEY=k\n#GEMINI_MODEL=m\n"),
    ("over several lines", "A=\"one\nGEMINI_API_KEY=decoy\ntwo\"\nB='x\n'\n"),
    ("a quote without its end", "A=\"one\nGEMINI_API_KEY=k\n"),
    ("text behind a quote", "GEMINI_MODEL=\"m\" or so\nA=1\n"),
    ("an escaped quote", "GEMINI_MODEL=\"m\\\"n\"\n"),
    ("a colon", "GEMINI_API_KEY: k\nA: 1\n"),
    ("lines that are nothing", "hello\n===\nA B=1\n-\nGEMINI_MODEL=m\n"),
    ("equals signs in values", "A=b=c==\nGEMINI_API_KEY=x=y\n"),
    ("a name that ends like ours", "MY_GEMINI_API_KEY=k\nGEMINI_API_KEY_2=k\n"),
    ("beyond ASCII", "NAME=grün 世界 # ok\n"),
    ("blank lines at the end", "A=1\n\n\n"),
]

@Suite("Gemini CLI's settings")
struct GeminiLinkTests {
    @Test("link sets three variables, and unlink gives back the bytes", arguments: dotenvShapes)
    func roundTrip(name: String, text: String) throws {
        let linking = try Linking("gemini-cli", settings: text)
        try linking.link()
        let linked = try DotenvSettings(Array((linking.text ?? "").utf8))
        #expect(try linked.value(at: ["GOOGLE_GEMINI_BASE_URL"]) == "http://127.0.0.1:4505")
        #expect(try linked.value(at: ["GEMINI_API_KEY"]) == "f00d")
        #expect(try linked.value(at: ["GEMINI_MODEL"]) == "agentroute-heavy")
        #expect(try linking.platform.unlink().outcome == .restored)
        #expect(linking.text.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test(
        "without the original, the record of the keys gives back the bytes too",
        arguments: dotenvShapes)
    func byKeys(name: String, text: String) throws {
        let linking = try Linking("gemini-cli", settings: text)
        try linking.link()
        try linking.loseOriginal()
        _ = try linking.platform.unlink()
        #expect(linking.text.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test("a variable added meanwhile stays")
    func editedMeanwhile() throws {
        let linking = try Linking("gemini-cli", settings: "A=1")
        try linking.link()
        linking.text = "Z=0\n" + (linking.text ?? "") + "\nB=2\n"
        _ = try linking.platform.unlink()
        #expect(linking.text == "Z=0\nA=1\nB=2\n")
    }

    @Test(
        "a value is quoted where it must be",
        arguments: [
            ("http://127.0.0.1:4505", "http://127.0.0.1:4505"), ("a b", "\"a b\""),
            ("a#b", "\"a#b\""),
            ("a\"b", "'a\"b'"), ("a\"'b", "`a\"'b`"), ("", ""),
        ])
    func quotes(value: String, literal: String) throws {
        #expect(DotenvSettings.literal(value) == literal)
        #expect(DotenvSettings.string(of: literal) == value)
    }
}
