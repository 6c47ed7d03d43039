/// The life of a served gateway, as far as it decides what to do next.
struct ServeLifecycle {
    /// What happens to it.
    enum Event {
        /// The gateway accepts connections on this port.
        case started(port: UInt16)
        /// The gateway could not start.
        case startFailed
        /// Somebody asked the program to end.
        case signal
        /// The last stream has ended, or the grace period has.
        case drained
    }

    /// What is to be done about it.
    enum Action: Equatable {
        /// Nothing.
        case none
        /// Tell the user where the gateway is.
        case announce(port: UInt16)
        /// Accept nothing more and let the streams finish.
        case drain
        /// Leave with this code.
        case leave(ExitCode)
    }

    private enum Phase {
        case starting, serving, draining, over
    }

    private var phase = Phase.starting

    /// Whether it serves, and nobody has asked for its end.
    var isServing: Bool { phase == .serving }

    /// Takes in `event` and decides.
    mutating func take(_ event: Event) -> Action {
        switch (phase, event) {
        case (.starting, .started(let port)):
            phase = .serving
            return .announce(port: port)
        case (.starting, .startFailed): return leave(.gateway)
        case (.starting, .signal): return leave(.ok)
        case (.serving, .signal):
            phase = .draining
            return .drain
        case (.draining, .drained): return leave(.ok)
        // A second signal: the user does not want to wait.
        case (.draining, .signal): return leave(.general)
        case (.starting, .drained), (.serving, .started), (.serving, .startFailed),
            (.serving, .drained), (.draining, .started), (.draining, .startFailed), (.over, _):
            return .none
        }
    }

    private mutating func leave(_ code: ExitCode) -> Action {
        phase = .over
        return .leave(code)
    }
}
