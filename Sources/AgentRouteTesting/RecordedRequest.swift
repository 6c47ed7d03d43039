/// A request as an upstream received it, byte for byte.
package struct RecordedRequest: Sendable {
    /// Which connection it came on, counted from 0 in the order they were accepted.
    package let connection: Int
    /// Its place among all requests of this upstream, from 0.
    package let ordinal: Int
    /// From the request line to the empty line.
    package let head: [UInt8]
    /// The body without framing.
    package let body: [UInt8]
    package let method: String
    package let target: String
    /// In order, names as sent, duplicates kept.
    package let fields: [HTTPField]

    init(connection: Int, ordinal: Int, head: [UInt8], body: [UInt8]) {
        self.connection = connection
        self.ordinal = ordinal
        self.head = head
        self.body = body
        let (line, fields) = HTTPText.split(head)
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        method = words.first ?? ""
        target = words.count > 1 ? words[1] : ""
        self.fields = fields
    }

    /// The first value of the header field called `name`.
    package func value(_ name: String) -> String? { fields.value(name) }

    /// The body as UTF-8 text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
