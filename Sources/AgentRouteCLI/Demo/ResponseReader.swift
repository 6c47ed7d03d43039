/// Reads one HTTP/1.1 response from bytes that arrive in pieces of any size and gives out the lines
/// of its body as soon as each is complete. Source: RFC 9112 sections 4, 6 and 7.1.
struct ResponseReader {
    /// Why the bytes are no response.
    struct Malformed: Error, Equatable {
        /// In words.
        let reason: String
    }

    private enum Phase: Equatable {
        case head
        case toEnd
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailer
        case done
    }

    /// The status, once the head is complete.
    private(set) var status: Int?
    /// Called with each line of the body, without its line end.
    private let onLine: (String) -> Void
    private var phase = Phase.head
    private var pending: [UInt8] = []
    private var line: [UInt8] = []

    /// Gives the lines of the body to `onLine`.
    init(onLine: @escaping (String) -> Void) {
        self.onLine = onLine
    }

    /// Whether the response has ended as its framing says it must.
    var isComplete: Bool { phase == .done }

    /// Takes in the next bytes.
    mutating func receive(_ bytes: [UInt8]) throws(Malformed) {
        pending += bytes
        while try step() {}
    }

    /// Takes in the end of the connection, which ends a body that has no length.
    mutating func receiveEnd() throws(Malformed) {
        guard phase == .toEnd || phase == .done else {
            throw Malformed(reason: "the connection ended before the response did")
        }
        phase = .done
    }

    /// Does one step with what is there; false when more bytes are needed.
    private mutating func step() throws(Malformed) -> Bool {
        switch phase {
        case .head:
            guard let text = takeText(upTo: "\r\n\r\n") else { return false }
            try read(head: text)
        case .toEnd:
            guard !pending.isEmpty else { return false }
            give(pending.count)
        case .chunkSize:
            guard let text = takeText(upTo: "\r\n") else { return false }
            guard let size = Int(text.prefix { $0 != ";" }, radix: 16), size >= 0 else {
                throw Malformed(reason: "a chunk has no size: \(text)")
            }
            phase = size == 0 ? .trailer : .chunk(left: size)
        case .chunk(let left):
            guard !pending.isEmpty else { return false }
            let count = min(left, pending.count)
            give(count)
            phase = count == left ? .chunkEnd : .chunk(left: left - count)
        case .chunkEnd:
            guard let text = takeText(upTo: "\r\n") else { return false }
            guard text.isEmpty else { throw Malformed(reason: "a chunk is longer than it says") }
            phase = .chunkSize
        case .trailer:
            guard let text = takeText(upTo: "\r\n") else { return false }
            if text.isEmpty { phase = .done }
        case .done:
            return false
        }
        return true
    }

    private mutating func read(head: String) throws(Malformed) {
        let lines = head.split(separator: "\r\n")
        let start = lines.first?.split(separator: " ") ?? []
        guard start.count > 1, start[0].hasPrefix("HTTP/1."), let status = Int(start[1]) else {
            throw Malformed(reason: "the answer is not HTTP: \(lines.first ?? "")")
        }
        self.status = status
        let isChunked = lines.contains { line in
            line.lowercased().filter { $0 != " " } == "transfer-encoding:chunked"
        }
        // Without chunks the body ends with the connection: the request asked for `close`.
        phase = isChunked ? .chunkSize : .toEnd
    }

    /// Takes `count` bytes of the body and gives out the lines they complete.
    private mutating func give(_ count: Int) {
        for byte in pending.prefix(count) {
            if byte == UInt8(ascii: "\n") {
                onLine(String(decoding: line, as: UTF8.self))
                line.removeAll()
            } else {
                line.append(byte)
            }
        }
        pending.removeFirst(count)
    }

    private mutating func takeText(upTo end: String) -> String? {
        guard let range = pending.firstRange(of: Array(end.utf8)) else { return nil }
        let text = String(decoding: pending[..<range.lowerBound], as: UTF8.self)
        pending.removeSubrange(..<range.upperBound)
        return text
    }
}
