import CAgentRouteIO
import Glibc

/// An ordered writer to a file descriptor that never makes the loop wait. Loop thread only.
package final class LogSink {
    /// Keeps the C loop for as long as the C sink, which tells nobody when the loop goes.
    private let loop: EventLoop
    private var handle: OpaquePointer?
    private var refusedBeforeClose: UInt64 = 0

    /// Starts a writer. The descriptor stays the caller's and must outlive the sink.
    ///
    /// - Parameters:
    ///   - capacity: Bytes that may wait; beyond them a write is refused.
    ///   - intervalMilliseconds: What comes within it goes out together.
    /// - Throws: `IOError` when memory is short.
    package init(
        loop: EventLoop, fileDescriptor: Int32, capacity: Int, intervalMilliseconds: UInt32
    ) throws(IOError) {
        loop.preconditionAccess()
        self.loop = loop
        handle = ar_sink_create(loop.handle, fileDescriptor, capacity, intervalMilliseconds)
        guard handle != nil else {
            throw IOError(code: -ENOMEM, operation: "write to descriptor \(fileDescriptor)")
        }
    }

    deinit {
        close()
    }

    /// Hands over `bytes`, copied; all of them or none.
    ///
    /// - Returns: False when they do not fit, or after `close`.
    @discardableResult
    package func write(_ bytes: RawSpan) -> Bool {
        guard let handle else { return false }
        return bytes.withSlice { ar_sink_write(handle, $0) } == 0
    }

    /// Writes refused because too much waited.
    package var refusedCount: UInt64 {
        guard let handle else { return refusedBeforeClose }
        return ar_sink_refused(handle)
    }

    /// Ends the sink. What waits is written at once, blocking, or, with a batch under way, right after
    /// that one: at the latest before the loop is gone.
    package func close() {
        guard let handle else { return }
        refusedBeforeClose = ar_sink_refused(handle)
        self.handle = nil
        ar_sink_free(handle)
    }
}
