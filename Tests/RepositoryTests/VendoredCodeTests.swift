import Foundation
import Testing

@Suite("Vendored code")
struct VendoredCodeTests {
    static let folders = ["CSources/CAgentRouteLLHTTP/llhttp", "CSources/CAgentRouteYYJSON/yyjson"]

    @Test("every vendored file is as published", arguments: folders)
    func matchesRecordedHashes(folder: String) throws {
        let outcome = try run(
            "sha256sum", ["--check", "--strict", "--quiet", "HASHES"],
            in: Repository.root.appending(path: folder))
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("nothing stands beside the files whose hashes are recorded", arguments: folders)
    func holdsNothingElse(folder: String) throws {
        let recorded = try Repository.text("\(folder)/HASHES").split(separator: "\n")
            .compactMap { $0.split(separator: " ").last.map(String.init) }
        #expect(try Repository.names(in: folder) == (recorded + ["HASHES", "ORIGIN"]).sorted())
        #expect(recorded.contains { $0.hasPrefix("LICENSE") })
    }

    @Test("the recorded origin is what the script fetches", arguments: folders)
    func originMatchesPins(folder: String) throws {
        let script = try Repository.text("scripts/vendor-\(folder.split(separator: "/")[2])")
        let origin = try Repository.text("\(folder)/ORIGIN")
        for key in ["url", "sha256"] {
            let pinned = try #require(value(of: key, after: "=", in: script))
            #expect(value(of: key, after: ": ", in: origin) == pinned)
        }
    }

    @Test("another copy of the libraries can be linked and imported beside ours")
    func everyNameHasOurPrefix() throws {
        let outcome = try run("scripts/check-symbols")
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("a symbol or a declared name without our prefix is found")
    func findsUnprefixedName() throws {
        let outcome = try check(
            "check-symbols",
            on: [
                "CSources/CAgentRouteLLHTTP/build/a.c": "int llhttp_stray(void) { return 0; }\n",
                "CSources/CAgentRouteYYJSON/build/b.c": "int agentroute_b(void) { return 0; }\n",
                "CSources/CAgentRouteYYJSON/include/CAgentRouteYYJSON.h":
                    "typedef int yyjson_stray;\n",
            ])
        #expect(outcome.status != 0)
        #expect(outcome.output.contains("llhttp_stray"))
        #expect(outcome.output.contains("yyjson_stray"))
        #expect(!outcome.output.contains("agentroute_b "))
    }

    private func value(of key: String, after separator: String, in text: String) -> Substring? {
        text.split(separator: "\n").first { $0.hasPrefix(key + separator) }?
            .dropFirst(key.count + separator.count)
    }
}
