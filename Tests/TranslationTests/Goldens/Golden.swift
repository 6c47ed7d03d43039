import FoundationEssentials
import Testing

/// The golden files, in `Fixtures` beside this folder: inputs, and what has to become of each.
///
/// With `AGENTROUTE_REWRITE_GOLDENS=1` in the environment the expected files are written anew; what
/// changed is then to be reviewed as a change of the product.
enum Golden {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
    private static let rewrites =
        ProcessInfo.processInfo.environment["AGENTROUTE_REWRITE_GOLDENS"] == "1"

    /// The contents of the file at `path` in the folder.
    static func bytes(_ path: String) throws -> [UInt8] {
        try Array(Data(contentsOf: root.appending(path: path)))
    }

    /// The names in `folder`, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
            .sorted()
    }

    /// Compares `actual` with the expected file at `path`, or writes that.
    static func check(_ actual: [UInt8], _ path: String) throws {
        if rewrites {
            return try Data(actual).write(to: root.appending(path: path))
        }
        guard let expected = try? bytes(path) else {
            Issue.record("\(path) is missing: this would be in it\n\(text(actual[...]))")
            return
        }
        guard expected != actual else { return }
        let lines = expected.split(separator: 0x0A, omittingEmptySubsequences: false)
        let others = actual.split(separator: 0x0A, omittingEmptySubsequences: false)
        let line = zip(lines, others).prefix { $0 == $1 }.count
        Issue.record(
            """
            \(path):\(line + 1)
            expected \(text(line < lines.count ? lines[line] : []))
            got      \(text(line < others.count ? others[line] : []))
            """)
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
