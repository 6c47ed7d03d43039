import Glibc

/// One descriptor's part in a `poll`.
struct Interest {
    let descriptor: Int32
    let events: Int16

    init(_ descriptor: Int32, _ events: Int32) {
        self.descriptor = descriptor
        self.events = Int16(truncatingIfNeeded: events)
    }
}

/// The events of `poll` that tests wait for.
let readable = Int32(POLLIN)
let writable = Int32(POLLOUT)
/// Linux tells an orderly end by the peer apart from bytes to read.
let hungUp: Int32 = 0x2000

/// `poll` with a deadline that signals do not shorten.
enum Readiness {
    /// Blocks until something is ready. The answer has one entry an interest: the events that came,
    /// 0 for none; all are 0 when `timeout` (nil: never) has passed.
    static func wait(for interests: [Interest], timeout: Duration?) -> [Int16] {
        let deadline = timeout.map { ContinuousClock.now + $0 }
        var entries = interests.map { pollfd(fd: $0.descriptor, events: $0.events, revents: 0) }
        while true {
            let left = deadline.map { max(.zero, $0 - ContinuousClock.now) }
            let count = poll(&entries, nfds_t(entries.count), left?.wholeMilliseconds ?? -1)
            if count > 0 { return entries.map(\.revents) }
            if count == 0, let left, left <= .milliseconds(1) {
                return entries.map { _ in 0 }
            }
            if count < 0 && errno != EINTR { return entries.map { _ in 0 } }
        }
    }
}

extension Duration {
    /// Rounded up, so that a wait never ends early; at most `Int32.max`.
    fileprivate var wholeMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        let milliseconds = seconds.multipliedReportingOverflow(by: 1_000)
        guard !milliseconds.overflow else { return Int32.max }
        let attosecondsPerMillisecond: Int64 = 1_000_000_000_000_000
        let rest = (attoseconds + attosecondsPerMillisecond - 1) / attosecondsPerMillisecond
        return Int32(clamping: milliseconds.partialValue + rest)
    }
}
