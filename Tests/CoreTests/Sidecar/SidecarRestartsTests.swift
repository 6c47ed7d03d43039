import AgentRouteCore
import Testing

@Suite("Sidecar restarts")
struct SidecarRestartsTests {
    private var restarts = SidecarRestarts(SidecarRestarts.Rule())

    @Test("the pauses double, and the sixth end within five minutes is the last")
    mutating func limit() {
        let decisions = (0..<6).map { second in
            restarts.ended(at: .seconds(second), served: .zero)
        }
        #expect(
            decisions == [
                .restart(after: .milliseconds(500)), .restart(after: .seconds(1)),
                .restart(after: .seconds(2)), .restart(after: .seconds(4)),
                .restart(after: .seconds(8)), .giveUp,
            ])
    }

    @Test("no pause is longer than half a minute")
    mutating func longest() {
        var last: SidecarRestarts.Decision?
        for index in 0..<10 { last = restarts.ended(at: .seconds(100 * index), served: .zero) }
        #expect(last == .restart(after: .seconds(30)))
    }

    @Test("one that has served for five minutes is restarted as quickly as the first")
    mutating func recovered() {
        _ = restarts.ended(at: .seconds(1), served: .zero)
        _ = restarts.ended(at: .seconds(2), served: .seconds(1))
        #expect(
            restarts.ended(at: .seconds(400), served: .seconds(390))
                == .restart(after: .milliseconds(500)))
    }
}
