internal import Glibc

/// The signals that ask a gateway to end.
enum EndingSignals {
    /// Those, as this process was started: `nohup` has it outlive its terminal.
    static var numbers: [Int32] {
        [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        // SAFETY: both are what `signal` takes, an address or a small number in its place.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
