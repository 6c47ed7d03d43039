import AgentRouteTesting
import Testing

@Suite("Thread executor")
struct ThreadExecutorTests {
    @Test("a task that yields more often than a pipe holds bytes goes on", .timeLimit(.minutes(1)))
    func yields() async throws {
        let count = try await ThreadExecutor.run {
            var count = 0
            while count < 100_000 {
                await Task.yield()
                count += 1
            }
            return count
        }
        #expect(count == 100_000)
    }

    @Test("a job that another thread enqueues after a rest is run")
    func wakes() async throws {
        let number = try await ThreadExecutor.run {
            try await Task.sleep(for: .milliseconds(20))
            return await Task { 7 }.value
        }
        #expect(number == 7)
    }
}
