import AgentRouteTesting
import Foundation

/// A pipe that stands for standard error and is read on a thread of its own.
struct LogPipe: Sendable {
    private let pipe = Pipe()
    private let text = Observed("")
    private let reader: WorkerThread

    init() {
        let (pipe, text) = (pipe, text)
        reader = WorkerThread {
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            text.update { $0 = String(decoding: data, as: UTF8.self) }
        }
    }

    /// The descriptor to log to; valid until `finish()`.
    var writeEnd: Int32 { pipe.fileHandleForWriting.fileDescriptor }

    /// Everything logged. Once, when the gateway has stopped.
    func finish() -> String {
        try? pipe.fileHandleForWriting.close()
        reader.join()
        return text.value
    }
}
