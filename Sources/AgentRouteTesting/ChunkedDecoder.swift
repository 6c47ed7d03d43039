/// Decodes the chunked coding of RFC 9112 section 7.1, strictly, from bytes cut anywhere.
struct ChunkedDecoder {
    /// The bytes are not a chunked body.
    struct Malformed: Error {}

    private enum State {
        case size(line: [UInt8])
        case data(left: Int)
        case dataEnd(seen: Int)
        case trailer(line: [UInt8])
        case done
    }

    private var state = State.size(line: [])
    /// The decoded body so far.
    private(set) var body: [UInt8] = []

    /// Whether the last chunk and its trailers have been read.
    var isDone: Bool { if case .done = state { true } else { false } }

    /// Takes bytes up to the end of the body; answers how many it took.
    mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Int {
        var rest = bytes
        while let byte = rest.first, !isDone {
            if case .data(let left) = state {
                let part = rest.prefix(left)
                body.append(contentsOf: part)
                rest = rest.dropFirst(part.count)
                state = left == part.count ? .dataEnd(seen: 0) : .data(left: left - part.count)
            } else {
                rest = rest.dropFirst()
                try take(byte)
            }
        }
        return bytes.count - rest.count
    }

    private mutating func take(_ byte: UInt8) throws(Malformed) {
        switch state {
        case .size(var line):
            line.append(byte)
            state = line.suffix(2) == [13, 10] ? try afterSize(line) : .size(line: line)
        case .dataEnd(let seen):
            guard byte == (seen == 0 ? 13 : 10) else { throw Malformed() }
            state = seen == 0 ? .dataEnd(seen: 1) : .size(line: [])
        case .trailer(var line):
            line.append(byte)
            if line == [13, 10] {
                state = .done
            } else {
                state = .trailer(line: line.suffix(2) == [13, 10] ? [] : line)
            }
        case .data, .done:
            break
        }
    }

    private func afterSize(_ line: [UInt8]) throws(Malformed) -> State {
        let digits = line.dropLast(2).prefix { $0 != UInt8(ascii: ";") }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
            throw Malformed()
        }
        return size == 0 ? .trailer(line: []) : .data(left: size)
    }
}
