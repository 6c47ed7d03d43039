import CAgentRouteIO

/// What a connection is allowed, in milliseconds and bytes.
package struct ConnectionLimits: Hashable, Sendable {
    /// Start line and fields of a head together.
    package var headBytes: UInt32 = 64 << 10
    /// Server: a request's body.
    package var bodyBytes: UInt64 = 64 << 20
    /// Server: from the first byte of a request to the end of its head.
    package var headMilliseconds: UInt32 = 10_000
    /// Server: without a byte of a body under way.
    package var bodyMilliseconds: UInt32 = 60_000
    /// Server: between two requests.
    package var idleMilliseconds: UInt32 = 75_000
    /// The peer takes nothing while bytes wait for it.
    package var writeMilliseconds: UInt32 = 60_000
    /// Bytes waiting for a receiver above which the sender is not read. An event held back and one
    /// more read, of 64 KiB each, may come on top: 256 KiB at most.
    package var highWater: UInt32 = 128 << 10
    /// Bytes waiting for a receiver below which the sender is read again.
    package var lowWater: UInt32 = 64 << 10

    /// The defaults of the configuration.
    package init() {}

    var c: ar_limits_t {
        ar_limits_t(
            head_bytes: headBytes, body_bytes: bodyBytes, head_ms: headMilliseconds,
            body_ms: bodyMilliseconds, idle_ms: idleMilliseconds, write_ms: writeMilliseconds,
            high_water: highWater, low_water: lowWater)
    }
}
