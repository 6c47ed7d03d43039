import AgentRouteIO

/// Record lines on their way to a file descriptor. Loop thread only; never waits.
final class GatewayLog {
    private let sink: LogSink?
    private let level: LogLevel
    private var line: RecordLine
    private var refused: UInt64 = 0

    init(
        loop: EventLoop, settings: LogSettings, options: GatewayOptions
    ) throws(AgentRouteError) {
        level = options.logLevel ?? settings.level
        line = RecordLine(format: options.logFormat ?? settings.format)
        guard let descriptor = options.logDescriptor else {
            sink = nil
            return
        }
        do throws(IOError) {
            sink = try LogSink(
                loop: loop, fileDescriptor: descriptor, capacity: 1 << 20, intervalMilliseconds: 20)
        } catch {
            throw AgentRouteError(
                .startFailed, origin: .gateway, retry: .useless, "no log: \(error)", cause: error)
        }
    }

    func write(_ record: RequestRecord) {
        guard let sink, record.level >= level else { return }
        reportRefused(sink)
        line.write(record) { sink.write($0) }
    }

    func close() {
        sink?.close()
    }

    /// Lines that found no room are told of by the next that does.
    private func reportRefused(_ sink: LogSink) {
        let count = sink.refusedCount
        guard count > refused else { return }
        line.write(
            level: .warn, message: "log-lines-dropped", fields: ["count": "\(count - refused)"]
        ) { bytes in
            if sink.write(bytes) { refused = count }
        }
    }
}
