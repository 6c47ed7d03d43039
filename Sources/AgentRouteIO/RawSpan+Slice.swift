import CAgentRouteIO

extension RawSpan {
    /// Calls `body` with these bytes in C's form. The slice is valid for the call.
    @inline(__always)
    func withSlice<R>(_ body: (ar_slice_t) -> R) -> R {
        withUnsafeBytes { buffer in
            body(
                ar_slice_t(
                    bytes: buffer.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    count: buffer.count))
        }
    }
}

extension ar_slice_t {
    /// The bytes without their type.
    ///
    /// SAFETY: whoever reads this keeps to the time C gives the slice: one callback, or what the
    /// header says of a request's body. A span made from it never leaves that time, because spans
    /// only go down the stack.
    @inline(__always)
    var buffer: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bytes, count: count)
    }
}

extension InlineArray where Element == ar_slice_t {
    /// Calls `body` with the slices as C takes several of them. Valid for the call.
    @inline(__always)
    func withPointer(_ body: (UnsafePointer<ar_slice_t>) -> Void) {
        span.withUnsafeBufferPointer { slices in
            guard let first = slices.baseAddress else { return }
            body(first)
        }
    }
}
