import AgentRouteIO
import Testing

/// Runs `loop` on this thread until it is stopped. A loop nobody stops within ten seconds is a
/// failure of the test, not a hang.
func runUntilStopped(_ loop: EventLoop, _ location: SourceLocation = #_sourceLocation) {
    let watchdog = LoopTimer(loop: loop, after: 10_000) {
        Issue.record("nothing stopped the loop", sourceLocation: location)
        loop.stop()
    }
    loop.run()
    watchdog.cancel()
}

/// Counts on whatever thread its owner keeps it.
final class Tally {
    var count = 0
}

extension RawSpan {
    var text: String { String(decoding: array, as: UTF8.self) }
    var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension String {
    /// Calls `body` with the string's UTF-8.
    func withSpan<R>(_ body: (RawSpan) -> R) -> R {
        body(Array(utf8).span.bytes)
    }
}
