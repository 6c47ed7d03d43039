import AgentRouteCLI
import Glibc

/// A console whose two outputs can be read back.
struct CapturedConsole: ~Copyable {
    private let files: [UnsafeMutablePointer<FILE>]
    let console: Console

    init() throws {
        files = [tmpfile(), tmpfile()].compactMap { $0 }
        guard files.count == 2 else { throw CaptureError() }
        console = Console(output: fileno(files[0]), errors: fileno(files[1]))
    }

    /// Where standard error goes.
    var errorFile: UnsafeMutablePointer<FILE> { files[1] }

    deinit {
        for file in files { fclose(file) }
    }

    /// The lines of standard output.
    var output: [String] { lines(of: files[0]) }
    /// The lines of standard error.
    var errors: [String] { lines(of: files[1]) }

    private func lines(of file: UnsafeMutablePointer<FILE>) -> [String] {
        rewind(file)
        var text: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF {
            text.append(UInt8(truncatingIfNeeded: byte))
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

struct CaptureError: Error {}
