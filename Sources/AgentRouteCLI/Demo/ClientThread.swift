internal import Glibc

/// A thread for work that blocks, so that neither the loop nor the threads of Swift's own pool wait.
enum ClientThread {
    /// Runs `work` on a thread of its own. Nil when the system gives no thread.
    static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        await withCheckedContinuation { continuation in
            let body = Unmanaged.passRetained(Body { continuation.resume(returning: work()) })
            var thread = pthread_t()
            let status = pthread_create(
                &thread, nil,
                { argument in
                    // SAFETY: the argument is the `Body` retained above, taken over exactly once.
                    argument.map { Unmanaged<Body>.fromOpaque($0).takeRetainedValue().run() }
                    return nil
                }, body.toOpaque())
            if status == 0 {
                pthread_detach(thread)
            } else {
                body.release()
                continuation.resume(returning: nil)
            }
        }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
