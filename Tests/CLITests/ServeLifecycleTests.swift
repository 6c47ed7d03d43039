import Testing

@testable import AgentRouteCLI

@Suite("The life of a served gateway")
struct ServeLifecycleTests {
    @Test("the first signal drains, and the end of the streams ends the program with 0")
    func drain() {
        var life = ServeLifecycle()
        #expect(life.take(.started(port: 7)) == .announce(port: 7))
        #expect(life.take(.signal) == .drain)
        #expect(life.take(.drained) == .leave(.ok))
    }

    @Test("a second signal does not wait for the streams, and what comes later changes nothing")
    func secondSignal() {
        var life = ServeLifecycle()
        _ = life.take(.started(port: 7))
        _ = life.take(.signal)
        #expect(life.take(.signal) == .leave(.general))
        #expect(life.take(.drained) == .none)
        #expect(life.take(.signal) == .none)
    }

    @Test("a gateway that cannot start ends the program with 4")
    func startFailed() {
        var life = ServeLifecycle()
        #expect(life.take(.startFailed) == .leave(.gateway))
        #expect(life.take(.signal) == .none)
    }

    @Test("a signal before the start ends the program, and a late start is not announced")
    func earlySignal() {
        var life = ServeLifecycle()
        #expect(life.take(.signal) == .leave(.ok))
        #expect(life.take(.started(port: 7)) == .none)
    }
}
