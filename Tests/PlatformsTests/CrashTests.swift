import Testing

@testable import AgentRoutePlatforms

/// Every platform that writes files, with settings that have keys of ours already.
private let cases: [(id: String, settings: String?)] = [
    ("claude-code", "{\n  // mine\n  \"env\": {\"ANTHROPIC_BASE_URL\": \"https://mine\"},\n}\n"),
    ("claude-code", nil),
    ("codex", "# mine\nmodel = \"o9\" # the best\n\n[features]\napps = false"),
    ("codex", nil),
    ("gemini-cli", "# mine\nexport GEMINI_API_KEY='k' # key\nA=1"),
    ("gemini-cli", nil),
]

/// A process that dies between any two of its writes.
@Suite("A death at every write")
struct CrashTests {
    /// Runs `step` once for every number of writes it gets to do, each time in the state `setUp` leaves.
    private func atEveryWrite(
        _ id: String, _ settings: String?, setUp: (Linking) throws -> Void,
        step: (Linking) throws -> Void, check: (Linking) throws -> Void
    ) throws {
        let whole = try Linking(id, settings: settings)
        try setUp(whole)
        let before = whole.files.changes
        try step(whole)
        let count = whole.files.changes - before
        #expect(count > 0)
        for writes in 0..<count {
            let linking = try Linking(id, settings: settings)
            try setUp(linking)
            linking.files.die(after: writes)
            #expect(throws: LinkError.self) { try step(linking) }
            linking.files.die(after: nil)
            try check(linking)
        }
    }

    private func expectOriginal(_ linking: Linking, _ settings: String?) {
        #expect(linking.text == settings)
        #expect(linking.files.paths.filter { $0 != linking.settings } == [])
        let made = ["/h/.claude", "/h/.codex", "/h/.gemini"].filter(linking.files.folders.contains)
        #expect(made.isEmpty == (settings == nil))
    }

    @Test("in link: unlink gives back the original", arguments: cases)
    func link(id: String, settings: String?) throws {
        try atEveryWrite(
            id, settings, setUp: { _ in }, step: { try $0.link() },
            check: {
                _ = try $0.platform.unlink()
                expectOriginal($0, settings)
            })
    }

    @Test(
        "in link: the file is the old one or the new one, and linking again mends", arguments: cases
    )
    func linkAgain(id: String, settings: String?) throws {
        let whole = try Linking(id, settings: settings)
        try whole.link()
        try atEveryWrite(
            id, settings, setUp: { _ in }, step: { try $0.link() },
            check: {
                #expect($0.text == settings || $0.text == whole.text)
                try $0.link(port: 5000)
                #expect(try $0.platform.status(Linking.request(port: 5000)).state == .linked)
                _ = try $0.platform.unlink()
                expectOriginal($0, settings)
            })
    }

    @Test("in link with another port: unlink gives back the original", arguments: cases)
    func relink(id: String, settings: String?) throws {
        try atEveryWrite(
            id, settings, setUp: { try $0.link() },
            step: { try $0.link(port: 5000, token: "beef") },
            check: {
                _ = try $0.platform.unlink()
                expectOriginal($0, settings)
            })
    }

    @Test(
        "in link with another port, after an edit, with an edit after: both stay", arguments: cases)
    func relinkEdited(id: String, settings: String?) throws {
        guard let settings else { return }
        try atEveryWrite(
            id, settings,
            setUp: {
                try $0.link()
                $0.text = $0.text?.replacing("mine\n", with: "yours\n")
            },
            step: { try $0.link(port: 5000, token: "beef") },
            check: {
                $0.text = $0.text?.replacing("yours\n", with: "hers\n")
                _ = try $0.platform.unlink()
                expectOriginal($0, settings.replacing("mine\n", with: "hers\n"))
            })
    }

    @Test("in unlink: unlink again finishes it", arguments: cases)
    func unlink(id: String, settings: String?) throws {
        try atEveryWrite(
            id, settings, setUp: { try $0.link() }, step: { _ = try $0.platform.unlink() },
            check: {
                _ = try $0.platform.unlink()
                expectOriginal($0, settings)
            })
    }

    @Test("in unlink after an edit: the edit stays, and so does one made after", arguments: cases)
    func unlinkEdited(id: String, settings: String?) throws {
        guard let settings else { return }
        try atEveryWrite(
            id, settings,
            setUp: {
                try $0.link()
                $0.text = $0.text?.replacing("mine\n", with: "yours\n")
            },
            step: { _ = try $0.platform.unlink() },
            check: {
                $0.text = $0.text?.replacing("yours\n", with: "hers\n")
                _ = try $0.platform.unlink()
                expectOriginal($0, settings.replacing("mine\n", with: "hers\n"))
            })
    }
}
