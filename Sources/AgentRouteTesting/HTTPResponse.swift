/// A response as a client saw it.
package struct HTTPResponse: Sendable {
    /// How the reading of it ended.
    package enum End: Sendable, Equatable {
        /// Its framing says that it is whole.
        case complete
        /// The connection ended in order in the middle of it.
        case cut
        /// The connection was reset in the middle of it.
        case reset
        /// Its body's framing is broken.
        case malformed
        /// Nothing came for the reader's time limit.
        case timedOut
    }

    package let status: Int
    /// The version of the status line, such as "HTTP/1.1".
    package let version: String
    /// In order, names as sent, duplicates kept.
    package let fields: [HTTPField]
    /// From the status line to the empty line.
    package let head: [UInt8]
    /// The body with its framing.
    package internal(set) var rawBody: [UInt8] = []
    /// The body without it.
    package internal(set) var body: [UInt8] = []
    package internal(set) var end = End.complete

    init(head: [UInt8]) {
        let (line, fields) = HTTPText.split(head)
        let words = line.split(separator: " ", maxSplits: 2)
        version = words.first.map(String.init) ?? ""
        status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        self.fields = fields
        self.head = head
    }

    /// The body as UTF-8 text.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The first value of the header field called `name`.
    package func value(_ name: String) -> String? { fields.value(name) }

    var isChunked: Bool { value("transfer-encoding")?.lowercased() == "chunked" }
}

extension HTTPResponse {
    /// The text that a reader of a chunked body has when it ends after `bytes`.
    package static func decodedPrefix(ofChunked bytes: ArraySlice<UInt8>) -> String {
        var decoder = ChunkedDecoder()
        _ = try? decoder.feed(bytes)
        return String(decoding: decoder.body, as: UTF8.self)
    }
}
