import AgentRouteWire

/// The size of a picture, as its header says: PNG, JPEG, GIF or WebP.
struct PictureSize: Hashable {
    /// In pixels.
    let width: Int
    /// In pixels.
    let height: Int

    /// The size of the picture in `data`; nil if it is of no known format or its header is cut.
    ///
    /// Of a JPEG, whose size may follow a preview, the first 48 KB are searched.
    init?(base64 data: String) {
        // Both are whole groups of four characters.
        let length = data.hasPrefix("/9j/") ? 65536 : 64
        guard let head = Base64.decode(data.utf8.prefix(length)) else { return nil }
        self.init(head)
    }

    /// The size in the header `head`.
    init?(_ head: [UInt8]) {
        // SAFETY: the span borrows `head`, which outlives its use.
        let bytes = unsafe head.span.bytes
        if bytes.hasPrefix("GIF8") {
            self.init(width: bytes.little(2, at: 6), height: bytes.little(2, at: 8))
        } else if bytes.byteCount >= 24, bytes.byte(at: 0) == 0x89, bytes.byte(at: 1) == 0x50 {
            self.init(width: bytes.big(4, at: 16), height: bytes.big(4, at: 20))
        } else if bytes.hasPrefix("RIFF") {
            self.init(webP: bytes)
        } else {
            self.init(jpeg: bytes)
        }
    }

    private init?(width: Int?, height: Int?) {
        guard let width, let height, width > 0, height > 0 else { return nil }
        self.width = width
        self.height = height
    }

    /// The WebP container specification: a lossy, a lossless or an extended file.
    private init?(webP bytes: RawSpan) {
        guard bytes.byteCount >= 30 else { return nil }
        switch bytes.byte(at: 15) {
        case UInt8(ascii: " "):
            self.init(
                width: bytes.little(2, at: 26).map { $0 & 0x3FFF },
                height: bytes.little(2, at: 28).map { $0 & 0x3FFF })
        case UInt8(ascii: "L"):
            let bits = bytes.little(4, at: 21)
            self.init(
                width: bits.map { ($0 & 0x3FFF) + 1 },
                height: bits.map { ($0 >> 14 & 0x3FFF) + 1 })
        case UInt8(ascii: "X"):
            self.init(
                width: bytes.little(3, at: 24).map { $0 + 1 },
                height: bytes.little(3, at: 27).map { $0 + 1 })
        default:
            return nil
        }
    }

    /// ISO 10918-1: segments, of which a start of frame has the size.
    private init?(jpeg bytes: RawSpan) {
        guard bytes.big(2, at: 0) == 0xFFD8 else { return nil }
        var offset = 2
        while let marker = bytes.big(2, at: offset), marker >> 8 == 0xFF,
            let length = bytes.big(2, at: offset + 2)
        {
            let isFrame = 0xFFC0...0xFFCF ~= marker && ![0xFFC4, 0xFFC8, 0xFFCC].contains(marker)
            if isFrame {
                self.init(width: bytes.big(2, at: offset + 7), height: bytes.big(2, at: offset + 5))
                return
            }
            offset += 2 + max(length, 2)
        }
        return nil
    }
}

extension RawSpan {
    /// The number of `count` bytes at `offset`, highest first; nil if they are not all there.
    fileprivate func big(_ count: Int, at offset: Int) -> Int? {
        guard offset + count <= byteCount else { return nil }
        return (0..<count).reduce(0) { $0 << 8 | Int(byte(at: offset + $1)) }
    }

    /// Likewise, lowest first.
    fileprivate func little(_ count: Int, at offset: Int) -> Int? {
        guard offset + count <= byteCount else { return nil }
        return (0..<count).reduce(0) { $0 | Int(byte(at: offset + $1)) << (8 * $1) }
    }
}
