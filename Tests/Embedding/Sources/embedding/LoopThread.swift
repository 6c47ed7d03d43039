import Glibc

/// A thread of the host's own for an event loop.
struct LoopThread {
    private let handle: pthread_t

    /// Starts `body` on a new thread. Throws when the system gives none.
    init(_ body: @escaping @Sendable () -> Void) throws(Fault) {
        var handle = pthread_t()
        let argument = Unmanaged.passRetained(Body(run: body))
        let status = pthread_create(
            &handle, nil,
            { argument in
                // SAFETY: the argument is the `Body` retained above, taken over exactly once.
                argument.map { Unmanaged<Body>.fromOpaque($0).takeRetainedValue().run() }
                return nil
            }, argument.toOpaque())
        guard status == 0 else {
            argument.release()
            throw Fault("the system gives no thread")
        }
        self.handle = handle
    }

    /// Waits for the thread's end. Once.
    func join() {
        pthread_join(handle, nil)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
