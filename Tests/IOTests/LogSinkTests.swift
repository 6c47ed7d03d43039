import AgentRouteIO
import Glibc
import Testing

@Suite("LogSink")
struct LogSinkTests {
    /// Gives `body` a sink on a loop of its own.
    ///
    /// - Returns: What `body` has left in the pipe, once the loop is gone.
    private func withSink(
        capacity: Int = 1 << 16, _ body: (EventLoop, LogSink, Pipe) throws -> Void
    ) throws -> String {
        let pipe = try Pipe()
        do {
            let loop = try EventLoop()
            let sink = try LogSink(
                loop: loop, fileDescriptor: pipe.writeEnd, capacity: capacity,
                intervalMilliseconds: 5)
            try body(loop, sink, pipe)
        }
        return pipe.readWaiting()
    }

    @Test("lines come out in the order given, all of them by the end of the loop")
    func order() throws {
        let lines = (0..<500).map { "line \($0)\n" }
        let written = try withSink { _, sink, _ in
            for line in lines { #expect(line.withSpan { sink.write($0) }) }
            #expect(sink.refusedCount == 0)
        }
        #expect(written == lines.joined())
    }

    @Test("lines come out without a close, while the loop runs")
    func running() throws {
        let left = try withSink { loop, sink, pipe in
            #expect("a line\n".withSpan { sink.write($0) })
            var read = ""
            let reader = LoopTimer(loop: loop, after: 1, repeat: 1) {
                read += pipe.readWaiting()
                if read == "a line\n" { loop.stop() }
            }
            runUntilStopped(loop)
            reader.cancel()
            #expect(read == "a line\n")
        }
        #expect(left.isEmpty)
    }

    @Test("what does not fit is refused whole and counted, also after the close")
    func refusal() throws {
        let written = try withSink(capacity: 8) { _, sink, _ in
            #expect(!"123456789".withSpan { sink.write($0) })
            #expect(sink.refusedCount == 1)
            #expect("12345678".withSpan { sink.write($0) })
            sink.close()
            #expect(!"x".withSpan { sink.write($0) })
            #expect(sink.refusedCount == 1)
        }
        #expect(written == "12345678")
    }

    @Test("bytes that wait stay within the capacity and one batch under way")
    func bound() throws {
        var accepted = 0
        let written = try withSink(capacity: 8) { _, sink, _ in
            while accepted < 100 && "x".withSpan({ sink.write($0) }) { accepted += 1 }
            #expect(sink.refusedCount == 1)
        }
        #expect((8...16).contains(accepted))
        #expect(written.count == accepted)
    }
}

/// A pipe whose read end does not block.
private final class Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        (readEnd, writeEnd) = (ends[0], ends[1])
        _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    /// What has been written and not read.
    func readWaiting() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(readEnd, &buffer, buffer.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }
}
