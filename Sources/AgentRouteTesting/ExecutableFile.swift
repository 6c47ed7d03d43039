import Foundation

/// Programs that tests write for the gateway to start.
package enum ExecutableFile {
    /// Writes `text` to `path`, whose folder is there, as a file that its owner may run. Blocks.
    ///
    /// Another process writes it: the system does not run a file that anybody has open for writing
    /// (ETXTBSY), and a descriptor of this process's may be in a child that another test is starting.
    package static func write(_ text: String, to path: String, mode: Int = 0o755) throws {
        let writer = Process()
        writer.executableURL = URL(fileURLWithPath: "/bin/sh")
        writer.arguments = [
            "-c", "printf '%s\\n' \"$0\" > \"$1\" && chmod \"$2\" \"$1\"", text, path,
            String(mode, radix: 8),
        ]
        try writer.run()
        writer.waitUntilExit()
        guard writer.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
