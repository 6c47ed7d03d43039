extension JSONValue {
    /// Appends the value as JSON text. Recursive: the stack bounds the depth, which
    /// ``parse(_:comments:)`` limits to ``maximumDepth``.
    ///
    /// - Parameter pretty: Whether to break lines and indent by two spaces; otherwise the text
    ///   has no whitespace at all.
    package func write(into writer: inout ByteWriter, pretty: Bool = false) {
        write(into: &writer, indent: pretty ? 0 : nil)
    }

    /// The value as JSON text in an array of its own.
    package func serialized(pretty: Bool = false) -> [UInt8] {
        var writer = ByteWriter()
        write(into: &writer, pretty: pretty)
        return writer.bytes
    }

    /// `indent` is the depth of the line this value stands on, or nil for compact text.
    private func write(into writer: inout ByteWriter, indent: Int?) {
        switch self {
        case .null: writer.append("null")
        case .bool(let value): writer.append(value ? "true" : "false")
        case .number(let number): writer.append(number.text)
        case .string(let text): JSONString.encode(text, into: &writer)
        case .array(let elements): Self.write(elements, into: &writer, indent: indent)
        case .object(let members): Self.write(members, into: &writer, indent: indent)
        }
    }

    private static func write(
        _ elements: [JSONValue], into writer: inout ByteWriter, indent: Int?
    ) {
        writer.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { writer.append(UInt8(ascii: ",")) }
            breakLine(&writer, indent: indent.map { $0 + 1 })
            element.write(into: &writer, indent: indent.map { $0 + 1 })
        }
        if !elements.isEmpty { breakLine(&writer, indent: indent) }
        writer.append(UInt8(ascii: "]"))
    }

    private static func write(
        _ members: [JSONMember], into writer: inout ByteWriter, indent: Int?
    ) {
        writer.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { writer.append(UInt8(ascii: ",")) }
            breakLine(&writer, indent: indent.map { $0 + 1 })
            JSONString.encode(member.key, into: &writer)
            writer.append(indent == nil ? ":" : ": ")
            member.value.write(into: &writer, indent: indent.map { $0 + 1 })
        }
        if !members.isEmpty { breakLine(&writer, indent: indent) }
        writer.append(UInt8(ascii: "}"))
    }

    private static func breakLine(_ writer: inout ByteWriter, indent: Int?) {
        guard let indent else { return }
        writer.append(UInt8(ascii: "\n"))
        for _ in 0..<indent { writer.append("  ") }
    }
}
