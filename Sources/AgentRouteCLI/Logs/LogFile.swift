internal import Glibc

/// A log that is read line by line from near its end on, while others write to it. Blocks on the
/// file.
struct LogFile: ~Copyable {
    private let path: String
    private var descriptor: Int32 = -1
    /// The bytes read so far, as a position in the file.
    private var position = 0
    /// The start of a line whose end was not there yet.
    private var partial: [UInt8] = []

    /// A longer line is given in pieces.
    private static let lineLimit = 1 << 20

    /// The log at `path`, not open.
    init(_ path: String) {
        self.path = path
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether there was a file to read.
    var isOpen: Bool { descriptor >= 0 }

    /// Opens what is at the path now, in place of what was open. The next line is the first one, or
    /// the first of the last `count` lines.
    ///
    /// - Returns: Whether there is something.
    mutating func open(atLast count: Int? = nil) throws(Failure) -> Bool {
        let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return false }
            throw failure
        }
        if descriptor >= 0 { close(descriptor) }
        descriptor = opened
        position = try count.map { count throws(Failure) in try start(ofLast: count) } ?? 0
        partial = []
        return true
    }

    /// Whether another file stands at the path by now, or this one was emptied.
    var isReplaced: Bool {
        var mine = stat()
        var there = stat()
        guard fstat(descriptor, &mine) == 0, stat(path, &there) == 0 else { return false }
        return mine.st_ino != there.st_ino || mine.st_dev != there.st_dev
            || Int(mine.st_size) < position
    }

    /// Hands each line that is there, without its end, to `body`, for as long as that returns true.
    ///
    /// - Parameter isLast: Hands over the start of a line, too.
    /// - Returns: What `body` returned last.
    mutating func readLines(
        toEnd isLast: Bool = false, _ body: ([UInt8]) -> Bool
    ) throws(Failure) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while descriptor >= 0 {
            let count = pread(descriptor, &chunk, chunk.count, off_t(position))
            if count < 0 {
                if errno == EINTR { continue }
                throw failure
            }
            if count == 0 { break }
            position += count
            for byte in chunk[..<count] {
                if byte != UInt8(ascii: "\n") { partial.append(byte) }
                guard byte == UInt8(ascii: "\n") || partial.count >= Self.lineLimit else {
                    continue
                }
                guard body(partial) else { return false }
                partial.removeAll(keepingCapacity: true)
            }
        }
        guard isLast, !partial.isEmpty else { return true }
        defer { partial = [] }
        return body(partial)
    }

    /// Where the last `count` lines begin.
    private func start(ofLast count: Int) throws(Failure) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure }
        let size = Int(status.st_size)
        guard count > 0 else { return size }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var missing = count
        var end = size
        while end > 0 {
            let begin = max(0, end - chunk.count)
            let read = pread(descriptor, &chunk, end - begin, off_t(begin))
            guard read > 0 else { throw failure }
            for index in (0..<read).reversed()
            where chunk[index] == UInt8(ascii: "\n") && begin + index != size - 1 {
                missing -= 1
                if missing == 0 { return begin + index + 1 }
            }
            end = begin
        }
        return 0
    }

    private var failure: Failure {
        let reason = String(cString: strerror(errno))
        return Failure(.general, code: "log_unreadable", "cannot read \(path): \(reason)")
    }
}
