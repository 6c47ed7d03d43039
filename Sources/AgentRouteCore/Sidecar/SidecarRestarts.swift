/// When a LiteLLM that has ended by itself is started again.
///
/// The pause doubles with each end until one has served for a while; too many ends within a while are
/// the last.
package struct SidecarRestarts {
    /// Its parameters.
    package struct Rule: Sendable, Equatable {
        /// Before the first restart.
        package var firstPause: Duration = .milliseconds(500)
        /// No pause is longer.
        package var longestPause: Duration = .seconds(30)
        /// This many restarts may be within `window`.
        package var limit = 5
        /// Also how long one must have served for the pauses to begin anew.
        package var window: Duration = .seconds(300)

        /// 0.5 s doubling to 30 s, five restarts in five minutes.
        package init() {}
    }

    /// What to do.
    package enum Decision: Equatable, Sendable {
        case restart(after: Duration)
        case giveUp
    }

    private let rule: Rule
    private var restarts: [Duration] = []
    private var streak = 0

    package init(_ rule: Rule) {
        self.rule = rule
    }

    /// It has ended at `now`, a time on a monotonic clock, after it had served for `served`; zero if
    /// it was never ready.
    package mutating func ended(at now: Duration, served: Duration) -> Decision {
        restarts.removeAll { now - $0 >= rule.window }
        guard restarts.count < rule.limit else { return .giveUp }
        restarts.append(now)
        if served >= rule.window { streak = 0 }
        var pause = rule.firstPause
        for _ in 0..<streak where pause < rule.longestPause { pause *= 2 }
        streak += 1
        return .restart(after: min(pause, rule.longestPause))
    }
}
