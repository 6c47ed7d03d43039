import AgentRouteWire

/// The rules of a path that goes into a request line.
package enum RequestPath {
    /// `path` if it begins with a slash and holds nothing but path characters and whole percent
    /// escapes (RFC 3986 section 3.3), without `.` and `..` segments.
    static func checked(_ path: String) throws(InvalidValue) -> String {
        guard path.hasPrefix("/") else { throw InvalidValue("must begin with a slash") }
        var bytes = path.utf8.makeIterator()
        while let byte = bytes.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = bytes.next(), let low = bytes.next(), isHex(high), isHex(low)
                else { throw InvalidValue("has a percent sign without two hexadecimal digits") }
            } else if !isPathByte(byte) {
                throw InvalidValue("has a character that no path has")
            }
        }
        let segments = path.split(separator: "/")
        guard !segments.contains("."), !segments.contains("..") else {
            throw InvalidValue("must not have \".\" or \"..\" segments")
        }
        return path
    }

    /// Checks the path a user gives for `wire`; Gemini's names its model and method by placeholders.
    static func check(_ path: String, for wire: Wire) throws(InvalidValue) {
        guard wire == .gemini else {
            _ = try checked(path)
            return
        }
        guard path.contains("{model}"), path.contains("{verb}") else {
            throw InvalidValue("must hold {model} and {verb}")
        }
        _ = try checked(gemini(path, model: "m", verb: "v"))
    }

    /// Puts a model and a method into a Gemini path template
    /// (`/v1beta/models/{model}:{verb}`), the model percent-encoded where it has to be.
    package static func gemini(_ template: String, model: String, verb: String) -> String {
        var path = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            path += rest[..<open]
            rest = rest[open...]
            if rest.hasPrefix("{model}") {
                path += encoded(model)
                rest = rest.dropFirst("{model}".count)
            } else if rest.hasPrefix("{verb}") {
                path += verb
                rest = rest.dropFirst("{verb}".count)
            } else {
                path.append(rest.removeFirst())
            }
        }
        return path + rest
    }

    /// `text` with every byte escaped that is no path character (RFC 3986 section 2.1).
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPathByte(byte) {
                bytes.append(byte)
            } else {
                bytes += [
                    UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)],
                ]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: ":"),
            UInt8(ascii: "@"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
