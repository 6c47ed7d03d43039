import Glibc

/// What went wrong, in a sentence.
struct Fault: Error, CustomStringConvertible {
    let description: String

    /// A fault told so.
    init(_ description: String) {
        self.description = description
    }

    /// Throws with `sentence` unless `condition` holds.
    static func unless(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(Fault) {
        if !condition { throw Fault(sentence()) }
    }

    /// Says `text` on standard error.
    static func report(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
