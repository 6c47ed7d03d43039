/// Sixteen bytes that are searched in one step.
typealias ByteLanes = SIMD16<UInt8>

extension SIMD16<UInt8> {
    /// The 16 bytes at `start`, all of which must be readable.
    @inline(__always)
    init(at start: UnsafeRawPointer) {
        // SAFETY: the caller vouches for the bytes, and any bytes are valid lanes.
        self = unsafe start.loadUnaligned(as: ByteLanes.self)
    }
}

/// Which of sixteen bytes a search has hit.
///
/// Two words, because a test of words is two instructions, where asking a vector mask whether any
/// lane is set shuffles it lane by lane.
struct ByteMarks {
    /// A byte of ones for each hit: the first eight bytes, from the lowest place, and the others.
    private var low: UInt64
    private var high: UInt64

    /// The hits that `mask` names.
    @inline(__always)
    init(_ mask: SIMDMask<SIMD16<Int8>>) {
        // SAFETY: both are 16 bytes without padding.
        let words = unsafe unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        low = words[0].littleEndian
        high = words[1].littleEndian
    }

    /// Whether nothing was hit.
    @inline(__always)
    var isEmpty: Bool { low | high == 0 }

    /// The place of the first hit, 16 if there is none.
    @inline(__always)
    var first: Int {
        low != 0 ? low.trailingZeroBitCount >> 3 : 8 &+ high.trailingZeroBitCount >> 3
    }

    /// Forgets the hits in the first `count` bytes, of 16 at most.
    @inline(__always)
    mutating func dropFirst(_ count: Int) {
        low &= UInt64.max << UInt64(8 &* count)
        high &= count > 8 ? UInt64.max << UInt64(8 &* (count &- 8)) : .max
    }
}
