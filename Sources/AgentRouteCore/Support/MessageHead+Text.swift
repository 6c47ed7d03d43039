import AgentRouteIO
import AgentRouteWire

extension MessageHead {
    /// The value of the first field `name`, in any case; nil if there is none.
    func text(of name: StaticString) -> String? {
        withBytes { bytes in
            for index in 0..<fieldCount
            where bytes.extracting(nameRange(index)).equalsIgnoringCase(name) {
                return bytes.extracting(valueRange(index)).text
            }
            return nil
        }
    }
}

extension RawSpan {
    /// The bytes as text; what is not UTF-8 is replaced.
    var text: String {
        withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
