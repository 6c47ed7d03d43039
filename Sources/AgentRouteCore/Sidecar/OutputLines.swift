import AgentRouteIO

/// A program's two outputs, cut into lines.
struct OutputLines {
    /// A longer line is broken, in bytes.
    private static let longest = 16_384

    private var partial: [ChildProcess.Output: [UInt8]] = [:]

    /// The lines that `bytes` completes, without their ends; what is no UTF-8 is replaced.
    mutating func take(_ bytes: RawSpan, of output: ChildProcess.Output) -> [String] {
        var rest = partial.removeValue(forKey: output) ?? []
        bytes.withUnsafeBytes { rest.append(contentsOf: $0) }
        var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if let last = lines.popLast() {
            if last.count > Self.longest {
                lines.append(last)
            } else {
                partial[output] = Array(last)
            }
        }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What had no line end.
    mutating func rest() -> [String] {
        defer { partial = [:] }
        return partial.values.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
    }
}
