/// A growable byte buffer that keeps its memory when cleared, so that writing again costs no
/// allocation.
///
/// It alone owns its memory, so an append is a comparison and a copy: an array would ask each time
/// whether it is shared. Appends are inlined into other modules; those of literals become stores.
@usableFromInline
@safe
package struct ByteWriter: ~Copyable {
    /// `capacity` bytes, of which the first `count` are initialized.
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    /// How many bytes were written since the last ``clear()``.
    @usableFromInline package private(set) var count = 0

    /// An empty writer with room for `capacity` bytes.
    package init(capacity: Int = 0) {
        self.capacity = max(capacity, 64)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit {
        // SAFETY: nothing else holds the memory, and this is its end.
        unsafe base.deallocate()
    }

    /// Whether nothing was written since the last ``clear()``.
    package var isEmpty: Bool { count == 0 }

    /// A copy of the bytes written.
    package var bytes: [UInt8] {
        // SAFETY: the first `count` bytes are initialized.
        unsafe Array(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Lends the bytes written; the span is valid for the call.
    @inlinable
    package func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // SAFETY: the first `count` bytes are initialized, and `self` is borrowed for the call.
        try body(unsafe UnsafeRawBufferPointer(start: base, count: count).bytes)
    }

    /// Forgets the content and keeps the memory.
    @inlinable
    package mutating func clear() {
        count = 0
    }

    /// Makes room for `added` more bytes in one step.
    @inlinable
    @inline(__always)
    package mutating func reserve(_ added: Int) {
        if added > capacity &- count { grow(by: added) }
    }

    /// Moves to memory for at least `added` more bytes, and at least twice as large.
    @usableFromInline
    @inline(never)
    mutating func grow(by added: Int) {
        let larger = max(count + added, capacity * 2)
        // SAFETY: the new memory is larger and apart from the old, whose only owner is `self`.
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        unsafe moved.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = moved
        capacity = larger
    }
}

// MARK: - Appending

extension ByteWriter {
    /// Appends one byte.
    @inlinable
    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        // SAFETY: there is room for the byte.
        unsafe base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count &+= 1
    }

    /// Appends `text`. Literals come here, not to the method for strings.
    @inlinable
    @inline(__always)
    package mutating func append(_ text: StaticString) {
        // SAFETY: a literal's bytes live forever.
        unsafe append(UnsafeRawPointer(text.utf8Start), count: text.utf8CodeUnitCount)
    }

    /// Appends `text` as UTF-8.
    // Disfavoured: a literal would otherwise be made a string first.
    @_disfavoredOverload
    package mutating func append(_ text: String) {
        // SAFETY: the buffer is valid for the closure, which copies it.
        let isDone: Void? = unsafe text.utf8.withContiguousStorageIfAvailable { buffer in
            unsafe append(UnsafeRawBufferPointer(buffer).bytes)
        }
        if isDone == nil { for byte in text.utf8 { append(byte) } }
    }

    /// Appends a copy of `bytes`.
    @inlinable
    @inline(__always)
    package mutating func append(_ bytes: RawSpan) {
        // SAFETY: the buffer is valid for the closure, which copies it.
        unsafe bytes.withUnsafeBytes { buffer in
            if let start = buffer.baseAddress { unsafe append(start, count: buffer.count) }
        }
    }

    /// Appends a copy of `bytes`.
    package mutating func append(_ bytes: [UInt8]) {
        // SAFETY: the span borrows `bytes`, which outlives the call.
        unsafe append(bytes.span.bytes)
    }

    /// Appends `number` in decimal digits.
    package mutating func appendDecimal(_ number: UInt64) {
        guard number >= 10 else { return append(0x30 | UInt8(truncatingIfNeeded: number)) }
        var length = 2
        var bound: UInt64 = 100
        while length < 20, number >= bound {
            length &+= 1
            bound &*= 10
        }
        reserve(length)
        var rest = number
        let start = unsafe base + count
        count &+= length
        repeat {
            let tenth = rest / 10
            let digit = UInt8(truncatingIfNeeded: rest &- tenth &* 10)
            length &-= 1
            // SAFETY: room was made for as many digits as `length` says.
            unsafe start.storeBytes(of: 0x30 | digit, toByteOffset: length, as: UInt8.self)
            rest = tenth
        } while length > 0
    }

    /// Appends `added` bytes from `start`, which must be valid for the call and not the writer's own.
    @inlinable
    @inline(__always)
    mutating func append(_ start: UnsafeRawPointer, count added: Int) {
        reserve(added)
        // SAFETY: there is room for `added` bytes.
        unsafe (base + count).copyMemory(from: start, byteCount: added)
        count &+= added
    }
}
