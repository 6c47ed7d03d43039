/// A growable byte buffer that keeps its memory when cleared, so that writing again costs no
/// allocation.
package struct ByteWriter: Sendable {
    private var storage: [UInt8] = []

    /// An empty writer with room for `capacity` bytes.
    package init(capacity: Int = 0) {
        storage.reserveCapacity(capacity)
    }

    /// How many bytes were written since the last ``clear()``.
    package var count: Int { storage.count }

    /// Whether nothing was written since the last ``clear()``.
    package var isEmpty: Bool { storage.isEmpty }

    /// The bytes written, sharing the writer's memory until the next write.
    package var bytes: [UInt8] { storage }

    /// Forgets the content and keeps the memory.
    package mutating func clear() {
        storage.removeAll(keepingCapacity: true)
    }

    /// Makes room for `count` more bytes in one step.
    package mutating func reserve(_ count: Int) {
        storage.reserveCapacity(storage.count + count)
    }

    /// Appends one byte.
    package mutating func append(_ byte: UInt8) {
        storage.append(byte)
    }

    /// Appends `text` as UTF-8.
    package mutating func append(_ text: String) {
        storage.append(contentsOf: text.utf8)
    }

    /// Appends `text` as UTF-8.
    package mutating func append(_ text: StaticString) {
        // SAFETY: the literal lives forever, and the closure copies it.
        text.withUTF8Buffer { unsafe storage.append(contentsOf: $0) }
    }

    /// Appends a copy of `bytes`.
    package mutating func append(_ bytes: RawSpan) {
        storage.append(bytes)
    }

    /// Appends a copy of `bytes`.
    package mutating func append(_ bytes: [UInt8]) {
        storage.append(contentsOf: bytes)
    }

    /// Appends `number` in decimal digits.
    package mutating func appendDecimal(_ number: UInt64) {
        let start = storage.count
        var rest = number
        repeat {
            storage.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        storage[start...].reverse()
    }

    /// Lends the bytes written; the span is valid for the call.
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // SAFETY: the span borrows `storage`, which outlives the call.
        try body(unsafe storage.span.bytes)
    }
}
