import AgentRouteIO
import AgentRouteTesting
import Glibc
import Synchronization
import Testing

/// An actor that lives on a loop.
private actor Resident {
    let loop: EventLoop
    private(set) var visits: [Int] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Notes the visit; says whether it took place on the loop's thread.
    func visit(_ number: Int) -> Bool {
        visits.append(number)
        return loop.isOnLoopThread
    }
}

@Suite("EventLoop", .onOwnThread)
struct EventLoopTests {
    @Test("work runs in the order it was given")
    func order() throws {
        let loop = try EventLoop()
        let seen = Mutex<[Int]>([])
        for number in 0..<1_000 { loop.execute { seen.withLock { $0.append(number) } } }
        loop.stop()
        runUntilStopped(loop)
        #expect(seen.withLock { $0 } == Array(0..<1_000))
    }

    @Test("work given by several threads keeps each thread's order")
    func orderAcrossThreads() throws {
        let loop = try EventLoop()
        let seen = Mutex<[(thread: Int, number: Int)]>([])
        let threads = (0..<4).map { thread in
            WorkerThread {
                for number in 0..<500 {
                    loop.execute {
                        let count = seen.withLock { seen in
                            seen.append((thread, number))
                            return seen.count
                        }
                        if count == 2_000 { loop.stop() }
                    }
                }
            }
        }
        runUntilStopped(loop)
        for thread in threads { thread.join() }
        for thread in 0..<4 {
            let numbers = seen.withLock { $0.filter { $0.thread == thread }.map(\.number) }
            #expect(numbers == Array(0..<500))
        }
    }

    @Test("work given to a loop at rest waits for the next run")
    func parked() throws {
        let loop = try EventLoop()
        let runs = Observed(0)
        loop.stop()
        runUntilStopped(loop)
        loop.execute { runs.update { $0 += 1 } }
        #expect(runs.value == 0)
        loop.stop()
        runUntilStopped(loop)
        #expect(runs.value == 1)
    }

    @Test("work that gives itself again leaves timers their turn")
    func fairness() throws {
        let loop = try EventLoop()
        let limit = 1_000_000
        let turns = Observed(0)
        @Sendable func again() {
            turns.update { $0 += 1 }
            if turns.value < limit { loop.execute { again() } }
        }
        again()
        var turnsBeforeTimer = limit
        let timer = LoopTimer(loop: loop, after: 1) {
            turnsBeforeTimer = turns.value
            turns.update { $0 = limit }
            loop.stop()
        }
        runUntilStopped(loop)
        timer.cancel()
        #expect(turnsBeforeTimer < limit)
    }

    @Test("stop from another thread ends run")
    func stopFromOutside() throws {
        let loop = try EventLoop()
        let started = Gate()
        loop.execute { started.open() }
        let stopper = WorkerThread {
            started.wait()
            loop.stop()
        }
        runUntilStopped(loop)
        stopper.join()
        #expect(started.isOpen)
    }

    @Test("poll does what is ready and returns")
    func poll() throws {
        let loop = try EventLoop()
        let ran = Observed(false)
        loop.execute { ran.update { $0 = true } }
        loop.poll()
        #expect(ran.value)
    }

    @Test("only the thread that runs the loop is on the loop")
    func threads() throws {
        let loop = try EventLoop()
        let inside = Observed(false)
        let elsewhere = Observed(true)
        loop.execute {
            inside.update { $0 = loop.isOnLoopThread }
            let other = WorkerThread { elsewhere.update { $0 = loop.isOnLoopThread } }
            other.join()
            loop.stop()
        }
        #expect(!loop.isOnLoopThread)
        runUntilStopped(loop)
        #expect(!loop.isOnLoopThread)
        #expect(inside.value)
        #expect(!elsewhere.value)
    }

    @Test("an actor on the loop runs on its thread, one visit after the other")
    func actorOnLoop() async throws {
        let loop = try EventLoop()
        let thread = WorkerThread { loop.run() }
        let resident = Resident(loop: loop)
        for number in 0..<100 { #expect(await resident.visit(number)) }
        #expect(await resident.visits == Array(0..<100))
        loop.stop()
        thread.join()
    }

    @Test("an actor's job enqueued while the loop is at rest runs when it runs again")
    func parkedJob() async throws {
        let loop = try EventLoop()
        let resident = Resident(loop: loop)
        let visit = Task { await resident.visit(1) }
        let thread = WorkerThread { loop.run() }
        #expect(await visit.value)
        loop.stop()
        thread.join()
    }

    @Test("a callback of the loop may assume an actor of the loop isolated")
    func isolation() throws {
        let loop = try EventLoop()
        let resident = Resident(loop: loop)
        let visited = Observed(false)
        loop.execute {
            let visits = resident.assumeIsolated { resident in
                _ = resident.visit(7)
                return resident.visits
            }
            visited.update { $0 = visits == [7] }
            loop.stop()
        }
        #expect(loop.isIsolatingCurrentContext() == false)
        runUntilStopped(loop)
        #expect(visited.value)
    }

    @Test("a value bound to the loop comes back on its thread")
    func loopBound() throws {
        let loop = try EventLoop()
        let tally = Tally()
        let box = LoopBound(tally, loop: loop)
        let sender = WorkerThread {
            loop.execute { box.withValue { $0.count += 1 } }
            loop.stop()
        }
        runUntilStopped(loop)
        sender.join()
        #expect(tally.count == 1)
    }

    @Test("a loop that goes lets go of what is still open on it")
    func dismantling() throws {
        weak var held: Tally?
        do {
            let loop = try EventLoop()
            let tally = Tally()
            held = tally
            _ = LoopTimer(loop: loop, after: 60_000) { tally.count += 1 }
            _ = try SignalWatcher(loop: loop, number: SIGWINCH) { tally.count += 1 }
            _ = try Listener(
                loop: loop, host: "127.0.0.1", port: 0, limits: ConnectionLimits(),
                accept: { _ in
                    tally.count += 1
                    return nil
                })
        }
        #expect(held == nil)
    }

    @Test("the clocks only go forward")
    func clocks() throws {
        let loop = try EventLoop()
        let (nanoseconds, milliseconds) = (EventLoop.nanoseconds(), loop.now)
        loop.poll()
        #expect(EventLoop.nanoseconds() > nanoseconds)
        #expect(loop.now >= milliseconds)
    }
}
