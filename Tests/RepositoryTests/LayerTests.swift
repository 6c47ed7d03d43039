import Testing

@Suite("Layers")
struct LayerTests {
    /// A file that breaks the layering, and the line and the words the complaint must hold.
    struct Fault: Sendable, CustomTestStringConvertible {
        let path: String
        let contents: String
        let line: Int
        let names: String

        var testDescription: String { "\(path): \(contents)" }
    }

    static let faults = [
        Fault(
            path: "Sources/AgentRouteWire/A.swift", contents: "import Glibc\nimport AgentRouteIO\n",
            line: 2, names: "AgentRouteWire may not import AgentRouteIO"),
        Fault(
            path: "Sources/AgentRouteWire/A.swift", contents: "@testable import AgentRouteCore\n",
            line: 1, names: "AgentRouteCore"),
        Fault(
            path: "Sources/AgentRouteTranslation/A.swift",
            contents: "public import struct AgentRouteIO.IOError\n", line: 1,
            names: "AgentRouteIO"),
        Fault(
            path: "Sources/AgentRouteCLI/A.swift",
            contents: "@preconcurrency package import AgentRouteIO\n", line: 1,
            names: "AgentRouteIO"),
        Fault(
            path: "Sources/AgentRouteCore/A.swift", contents: "\n\ninternal import Foundation\n",
            line: 3, names: "Foundation"),
        Fault(
            path: "Sources/AgentRouteIO/A.swift", contents: "import Glibc; import Foundation\n",
            line: 1, names: "Foundation"),
        Fault(
            path: "Sources/AgentRouteCore/A.swift", contents: "import AgentRouteTesting\n",
            line: 1, names: "AgentRouteTesting"),
        Fault(
            path: "Sources/Elsewhere/A.swift", contents: "import Glibc\n", line: 1,
            names: "no target Elsewhere"),
        Fault(
            path: "CSources/CAgentRouteTLS/a.c", contents: "#include <stdio.h>\n#include <uv.h>\n",
            line: 2, names: "CAgentRouteUV"),
        Fault(
            path: "CSources/CAgentRouteIO/a.c", contents: "# include <openssl/ssl.h>\n", line: 1,
            names: "CAgentRouteOpenSSL"),
        Fault(
            path: "CSources/CAgentRouteIO/a.c", contents: "#include \"CAgentRouteYYJSON.h\"\n",
            line: 1, names: "CAgentRouteYYJSON"),
        Fault(
            path: "Package.swift",
            contents: """
                let package = Package(targets: [
                    .target(
                        name: "AgentRouteWire",
                        dependencies: ["CAgentRouteYYJSON", "AgentRouteIO"]),
                ])
                """, line: 4, names: "AgentRouteIO"),
        Fault(
            path: "Package.swift",
            contents: "let package = Package(dependencies: [.package(path: \"x\")])\n", line: 1,
            names: "a package of others"),
    ]

    @Test("an import that the layering does not allow is named with its place", arguments: faults)
    func refusesImport(fault: Fault) throws {
        let outcome = try check("check-layers", on: [fault.path: fault.contents])
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("\(fault.path):\(fault.line): "), "\(outcome.output)")
        #expect(outcome.output.contains(fault.names), "\(outcome.output)")
    }

    @Test("what the layering allows passes, and so does an import in a comment or a string")
    func acceptsAllowed() throws {
        let outcome = try check(
            "check-layers",
            on: [
                "Sources/AgentRouteWire/A.swift": #"""
                import CAgentRouteYYJSON
                /* import AgentRouteIO /* nested */ import Foundation */
                // import Foundation
                let text = """
                    import Foundation
                    \(["import Foundation"])
                    import AgentRouteCore
                    """
                """#,
                "Sources/AgentRouteCore/A.swift": "import AgentRouteIO\nimport AgentRouteWire\n",
                "Sources/AgentRouteTesting/A.swift": "import Foundation\nimport AgentRouteIO\n",
                "CSources/CAgentRouteIO/a.c":
                    "#include <uv.h>\n/* \n#include <openssl/ssl.h>\n*/\n",
            ])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test("this repository keeps its layers")
    func repositoryKeepsLayers() throws {
        let outcome = try run("scripts/check-layers")
        #expect(outcome.status == 0, "\(outcome.output)")
    }
}
