import Foundation

/// The checkout these tests were built from.
enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The contents of a file, by its path in the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path())
            .sorted()
    }
}

/// What a program that ran to its end left behind.
struct Outcome {
    let status: Int32
    let output: String
}

/// Runs a program with no input, in `folder` or the repository's root. `output` holds both streams.
func run(_ program: String, _ arguments: [String] = [], in folder: URL? = nil) throws -> Outcome {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder ?? Repository.root
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(
        status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
}

/// Runs one of `scripts/` on a throw-away tree that holds `files` (path to contents).
func check(_ script: String, on files: [String: String]) throws -> Outcome {
    let tree = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: tree) }
    for (path, contents) in files {
        let file = tree.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try contents.write(to: file, atomically: false, encoding: .utf8)
    }
    return try run(Repository.root.appending(path: "scripts/\(script)").path(), [tree.path()])
}
