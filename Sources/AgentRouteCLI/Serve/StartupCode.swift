internal import AgentRouteCore
internal import Glibc

/// The code of this process, most of which only its start has needed.
enum StartupCode {
    /// When all that a start does is done, in milliseconds.
    private static let delay: UInt64 = 1_000

    /// As `drop`, a second from now, on a thread of the runtime. Thread of `loop`, whose timer it is: the
    /// runtime's would cost descriptors for good.
    static func dropSoon(_ loop: EventLoop) {
        var timer: LoopTimer?
        timer = LoopTimer(loop: loop, after: delay) {
            timer?.cancel()
            Task { await dropAside() }
        }
    }

    @concurrent
    private static func dropAside() async {
        drop()
    }

    /// Gives back the memory of the code that is mapped into this process: what is run again comes back
    /// from the page cache when it is, in pieces of 64 KiB. Blocks for a millisecond or two.
    ///
    /// Only of mappings that nobody has written to, not a debugger either.
    static func drop() {
        guard let text = try? AtomicFile.read("/proc/self/smaps") else { return }
        var code: ClosedRange<UInt>?
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.first?.hasSuffix(":") == false {
                code = Mapping(words)?.code
            } else if words.starts(with: ["Anonymous:", "0"]), let range = code {
                // SAFETY: the pages are as the file has them, and are read from it again (madvise(2)).
                madvise(
                    UnsafeMutableRawPointer(bitPattern: range.lowerBound),
                    Int(range.upperBound - range.lowerBound), MADV_DONTNEED)
            }
        }
    }

    /// The head of one entry of `/proc/PID/smaps` (proc(5)): range, permissions, offset, device, inode
    /// and path.
    private struct Mapping {
        /// Where it is, if it is code of a file; nil for others.
        let code: ClosedRange<UInt>?

        init?(_ words: [Substring]) {
            let ends = words.first?.split(separator: "-").map { UInt($0, radix: 16) } ?? []
            guard words.count >= 5, ends.count == 2, let start = ends[0], let end = ends[1] else {
                return nil
            }
            let isCode = words[1] == "r-xp" && words[4] != "0" && start < end
            code = isCode ? start...end : nil
        }
    }
}
