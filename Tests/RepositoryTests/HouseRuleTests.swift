import Testing

@Suite("House rules")
struct HouseRuleTests {
    @Test("a file over 500 lines fails, one of 500 passes")
    func fileSize() throws {
        let line = "let x = 1\n"
        let outcome = try check(
            "check-size",
            on: [
                "Sources/A/Long.swift": String(repeating: line, count: 501),
                "Sources/A/Full.swift": String(repeating: line, count: 500),
                "Tests/A/Fixtures/Data.swift": String(repeating: line, count: 900),
                "CSources/CAgentRouteLLHTTP/llhttp/v.c": String(repeating: line, count: 900),
            ])
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("Sources/A/Long.swift:1: 501 lines"))
        #expect(outcome.output.split(separator: "\n").count == 1, "\(outcome.output)")
    }

    @Test("a function over 60 lines fails in Swift and in C, braces in strings aside")
    func functionSize() throws {
        func swift(_ name: String, lines: Int) -> String {
            let body = String(repeating: "    print(\"{ \\(\"}\") \")\n", count: lines - 2)
            return "func \(name)<T>(_ a: T, b: () -> Void = {}) throws(E) -> T {\n\(body)}\n"
        }
        func c(_ name: String, lines: Int) -> String {
            let body = String(repeating: "    puts(\"{\"); /* { */\n", count: lines - 2)
            return "static int \(name)(int a,\n    int b) {\n\(body)}\n"
        }
        let outcome = try check(
            "check-size",
            on: [
                "Sources/A/A.swift": "protocol P {\n    func required()\n}\n"
                    + swift("longSwift", lines: 61) + swift("fullSwift", lines: 60),
                "CSources/A/a.c": c("long_c", lines: 60) + c("full_c", lines: 59),
            ])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("Sources/A/A.swift:4: longSwift has 61 lines"))
        #expect(outcome.output.contains("CSources/A/a.c:1: long_c has 61 lines"))
        #expect(outcome.output.split(separator: "\n").count == 2, "\(outcome.output)")
    }

    @Test(
        "a banned construct in the sources fails",
        arguments: [
            "fatalError(\"no\")", "let a = try! b()", "let a = b as! C",
            "nonisolated(unsafe) var a = 1", "Task.detached {}", "DispatchQueue.main",
            "@MainActor func a() {}", "extension A: @unchecked Sendable {}",
        ])
    func bannedConstruct(code: String) throws {
        let outcome = try check("check-words", on: ["Sources/A/A.swift": "\n" + code + "\n"])
        #expect(outcome.status == 1)
        #expect(outcome.output.hasPrefix("Sources/A/A.swift:2: "), "\(outcome.output)")
        let mentioned = try check(
            "check-words", on: ["Sources/A/A.swift": "// \(code)\n", "Tests/A/A.swift": code])
        #expect(mentioned.status == 0, "\(mentioned.output)")
    }

    @Test("an unfinished mark and a path of one machine fail in any text file")
    func textEverywhere() throws {
        let mark = "TO" + "DO"
        let outcome = try check(
            "check-words",
            on: ["docs/a.md": "\(mark): later\n", "scripts/b": "cd /" + "home/someone/checkout\n"])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("docs/a.md:1: \(mark)"))
        #expect(outcome.output.contains("scripts/b:1: "))
    }

    @Test("the licence and the standing documents are there")
    func documents() throws {
        #expect(try Repository.text("LICENSE").contains("Apache License"))
        #expect(
            try Repository.text("CSources/CAgentRouteLLHTTP/llhttp/LICENSE-MIT").contains("MIT"))
        #expect(
            try Repository.text("CSources/CAgentRouteYYJSON/yyjson/LICENSE").contains("YaoYuan"))
        for name in ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"] {
            #expect(try !Repository.text(name).isEmpty)
        }
        for record in try Repository.names(in: "docs/adr") {
            let text = try Repository.text("docs/adr/\(record)")
            #expect(text.contains("**Context.**") && text.contains("**Decision.**"), "\(record)")
        }
    }
}
