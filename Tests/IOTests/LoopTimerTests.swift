import AgentRouteIO
import Glibc
import Testing

@Suite("LoopTimer and SignalWatcher")
struct LoopTimerTests {
    @Test("a timer fires once, not before its delay")
    func once() throws {
        let loop = try EventLoop()
        let fired = Tally()
        let start = EventLoop.nanoseconds()
        let timer = LoopTimer(loop: loop, after: 20) {
            fired.count += 1
            #expect(EventLoop.nanoseconds() - start >= 19_000_000)
        }
        let end = LoopTimer(loop: loop, after: 60) { loop.stop() }
        runUntilStopped(loop)
        #expect(fired.count == 1)
        timer.cancel()
        end.cancel()
    }

    @Test("a repeating timer fires until it is cancelled, also from itself")
    func repeating() throws {
        let loop = try EventLoop()
        let fired = Tally()
        var timer: LoopTimer?
        timer = LoopTimer(loop: loop, after: 1, repeat: 1) {
            fired.count += 1
            if fired.count == 3 { timer?.cancel() }
        }
        let end = LoopTimer(loop: loop, after: 30) { loop.stop() }
        runUntilStopped(loop)
        #expect(fired.count == 3)
        end.cancel()
    }

    @Test("a restarted timer counts anew")
    func restart() throws {
        let loop = try EventLoop()
        var order: [String] = []
        let first = LoopTimer(loop: loop, after: 1) {
            order.append("restarted")
            loop.stop()
        }
        let second = LoopTimer(loop: loop, after: 10) { order.append("kept") }
        first.restart(after: 30)
        runUntilStopped(loop)
        #expect(order == ["kept", "restarted"])
        first.cancel()
        second.cancel()
    }

    @Test("a cancelled timer never fires and lets go of what it held")
    func cancel() throws {
        let loop = try EventLoop()
        weak var held: Tally?
        let timer: LoopTimer
        do {
            let tally = Tally()
            held = tally
            timer = LoopTimer(loop: loop, after: 0) { tally.count += 1 }
        }
        #expect(held != nil)
        timer.cancel()
        timer.cancel()
        #expect(held == nil)
        timer.restart(after: 0)
        loop.poll()
    }

    @Test("a watched signal reaches the loop instead of its default action")
    func signal() throws {
        let loop = try EventLoop()
        let watcher = try SignalWatcher(loop: loop, number: SIGUSR2) { loop.stop() }
        loop.execute { kill(getpid(), SIGUSR2) }
        runUntilStopped(loop)
        watcher.cancel()
        watcher.cancel()
        loop.poll()
    }

    @Test("a signal nobody can watch is refused")
    func unwatchable() throws {
        let loop = try EventLoop()
        #expect(throws: IOError.self) { try SignalWatcher(loop: loop, number: SIGKILL) {} }
    }
}
