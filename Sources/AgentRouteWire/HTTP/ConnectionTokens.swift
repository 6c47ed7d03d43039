/// The list in a `Connection` field: options, and names of fields meant for this hop alone
/// (RFC 9110 section 7.6.1).
package enum ConnectionTokens {
    /// Whether the list `value` names `name`, case apart. Allocates nothing.
    package static func contains(_ name: RawSpan, in value: RawSpan) -> Bool {
        var start = 0
        while start < value.byteCount {
            let rest = start..<value.byteCount
            let end = value.firstOffset(of: UInt8(ascii: ","), in: rest) ?? value.byteCount
            var first = start
            var last = end
            while first < last, HeaderField.isBlank(value.byte(at: first)) { first += 1 }
            while last > first, HeaderField.isBlank(value.byte(at: last - 1)) { last -= 1 }
            if first < last, value.extracting(first..<last).equalsIgnoringCase(name) { return true }
            start = end + 1
        }
        return false
    }
}
