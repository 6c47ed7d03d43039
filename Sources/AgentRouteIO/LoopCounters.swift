import CAgentRouteIO

/// What an event loop has done since its start, and what it holds now.
package struct LoopCounters: Hashable, Sendable {
    /// Reads from sockets since the start.
    package let reads: UInt64
    /// Writes to sockets since the start.
    package let writes: UInt64
    /// Those of `writes` of which the socket took a part only.
    package let partialWrites: UInt64
    /// Read buffers alive.
    package let slabs: UInt64
    /// The bytes of those buffers.
    package let slabBytes: UInt64
    /// Connections alive, idle ones of the pools included.
    package let connections: UInt64

    init(_ counters: ar_loop_counters_t) {
        reads = counters.reads
        writes = counters.writes
        partialWrites = counters.partial_writes
        slabs = counters.slabs
        slabBytes = counters.slab_bytes
        connections = counters.connections
    }
}
