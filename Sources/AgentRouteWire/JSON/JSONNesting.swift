/// Which kind of container each open level is: one bit a level, so depth costs memory, not stack.
/// The first 64 levels need no allocation.
struct JSONNesting {
    private var top: UInt64 = 0
    private var spilled: [UInt64] = []
    /// How many containers are open.
    private(set) var depth = 0

    /// Whether the innermost container is an object. Meaningless at depth 0.
    var isInObject: Bool {
        @inline(__always) get { top & 1 == 1 }
    }

    /// Opens a container.
    @inline(__always)
    mutating func open(object: Bool) {
        if depth > 0, depth & 63 == 0 {
            spilled.append(top)
            top = 0
        }
        top = top << 1 | (object ? 1 : 0)
        depth += 1
    }

    /// Closes the innermost container; one must be open.
    @inline(__always)
    mutating func close() {
        depth -= 1
        top >>= 1
        if depth > 0, depth & 63 == 0, let word = spilled.popLast() { top = word }
    }
}
