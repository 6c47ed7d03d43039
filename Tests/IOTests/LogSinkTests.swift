import AgentRouteIO
import Glibc
import Testing

@Suite("LogSink")
struct LogSinkTests {
    @Test("lines come out in the order given, all of them by the close")
    func order() throws {
        let loop = try EventLoop()
        let pipe = try Pipe()
        let sink = try LogSink(
            loop: loop, fileDescriptor: pipe.writeEnd, capacity: 1 << 16, intervalMilliseconds: 5)
        let lines = (0..<500).map { "line \($0)\n" }
        for line in lines { #expect(line.withSpan { sink.write($0) }) }
        sink.close()
        #expect(pipe.readWaiting() == lines.joined())
        #expect(sink.refusedCount == 0)
    }

    @Test("lines come out without a close, while the loop runs")
    func running() throws {
        let loop = try EventLoop()
        let pipe = try Pipe()
        let sink = try LogSink(
            loop: loop, fileDescriptor: pipe.writeEnd, capacity: 1 << 16, intervalMilliseconds: 1)
        #expect("a line\n".withSpan { sink.write($0) })
        var read = ""
        let reader = LoopTimer(loop: loop, after: 1, repeat: 1) {
            read += pipe.readWaiting()
            if read == "a line\n" { loop.stop() }
        }
        runUntilStopped(loop)
        reader.cancel()
        sink.close()
        #expect(read == "a line\n")
    }

    @Test("what does not fit is refused whole and counted, also after the close")
    func refusal() throws {
        let loop = try EventLoop()
        let pipe = try Pipe()
        let sink = try LogSink(
            loop: loop, fileDescriptor: pipe.writeEnd, capacity: 8, intervalMilliseconds: 5)
        #expect("12345678".withSpan { sink.write($0) })
        #expect(!"9".withSpan { sink.write($0) })
        #expect(sink.refusedCount == 1)
        sink.close()
        #expect(pipe.readWaiting() == "12345678")
        #expect(!"x".withSpan { sink.write($0) })
        #expect(sink.refusedCount == 1)
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
