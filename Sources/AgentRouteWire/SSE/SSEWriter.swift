/// Writes events of an event stream (WHATWG HTML section 9.2).
package enum SSEWriter {
    /// Appends one event.
    ///
    /// - Parameters:
    ///   - name: The event's name without line breaks, or nil to send none.
    ///   - data: Any bytes; each line of them becomes a `data` line.
    ///   - writer: Gets the event, its closing blank line included.
    package static func event(
        name: StaticString?, data: RawSpan, into writer: inout ByteWriter
    ) {
        if let name {
            writer.append("event: ")
            writer.append(name)
            writer.append(0x0A)
        }
        var start = 0
        var offset = 0
        while offset < data.byteCount {
            let byte = data.byte(at: offset)
            offset += 1
            guard byte == 0x0A || byte == 0x0D else { continue }
            dataLine(data.extracting(start..<(offset - 1)), into: &writer)
            if byte == 0x0D, offset < data.byteCount, data.byte(at: offset) == 0x0A { offset += 1 }
            start = offset
        }
        dataLine(data.extracting(start..<data.byteCount), into: &writer)
        writer.append(0x0A)
    }

    private static func dataLine(_ line: RawSpan, into writer: inout ByteWriter) {
        writer.append("data: ")
        writer.append(line)
        writer.append(0x0A)
    }
}
