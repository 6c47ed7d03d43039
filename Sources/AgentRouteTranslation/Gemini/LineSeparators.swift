import AgentRouteWire

/// The characters that end a line in Unicode and not in an event stream: NEL, LS and PS. Google's
/// Python SDK splits a stream at them too, in the middle of an event's JSON.
enum LineSeparators {
    /// Writes those in the JSON from `start` on as escapes. They can only stand in its strings.
    static func escape(from start: Int, in writer: inout ByteWriter) {
        let isClean = writer.withBytes { bytes in
            let json = bytes.extracting(start..<bytes.byteCount)
            return !json.contains("\u{85}") && !json.contains("\u{2028}")
                && !json.contains("\u{2029}")
        }
        guard !isClean else { return }
        let text = writer.bytes
        writer.clear()
        writer.append(Array(text[..<start]))
        for scalar in String(decoding: text[start...], as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\u{85}": writer.append("\\u0085")
            case "\u{2028}": writer.append("\\u2028")
            case "\u{2029}": writer.append("\\u2029")
            default: writer.append(String(scalar))
            }
        }
    }
}
