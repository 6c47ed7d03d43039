import AgentRouteIO

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file that all LiteLLMs of one supervisor write to. Loop thread only: a write is some lines into
/// the page cache.
package final class SidecarLogFile {
    private let path: String
    private let limit: Int
    private var descriptor: Int32 = -1
    private var byteCount = 0

    /// A log at `path`, mode 0600; with `limit` bytes it becomes `path.1`, in place of an older one.
    package init(path: String, limit: Int = 4 << 20) {
        self.path = path
        self.limit = limit
    }

    deinit {
        close()
    }

    /// Appends a line. A log that cannot be written is no reason to fail: the last lines are kept in
    /// memory too.
    package func append(_ line: String) {
        if byteCount >= limit { rotate() }
        if descriptor < 0 { open() }
        guard descriptor >= 0 else { return }
        let text = Array((line + "\n").utf8)
        // SAFETY: the buffer holds `count` bytes for the length of the call.
        let written = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        byteCount += max(0, written)
    }

    private func open() {
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
        #if canImport(Glibc)
            descriptor = Glibc.open(path, flags, mode_t(0o600))
        #else
            descriptor = Darwin.open(path, flags, mode_t(0o600))
        #endif
        byteCount = descriptor < 0 ? 0 : Int(lseek(descriptor, 0, SEEK_END))
    }

    private func rotate() {
        close()
        rename(path, path + ".1")
    }

    private func close() {
        guard descriptor >= 0 else { return }
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
        descriptor = -1
        byteCount = 0
    }
}

/// What one LiteLLM writes, by lines and without secrets. Loop thread only.
final class SidecarLog {
    private let file: SidecarLogFile
    private let secrets: [String]
    private var lines = OutputLines()
    /// The newest lines, at most 20, each cut to 400 characters.
    private(set) var lastLines: [String] = []

    /// A log that writes to `file`. Of `secrets` those of a sensible length are blotted out: shorter
    /// ones would hit words.
    init(_ file: SidecarLogFile, secrets: [Secret]) {
        self.file = file
        self.secrets = secrets.map(\.value).filter { $0.utf8.count >= 8 }
    }

    /// Takes a piece of output.
    func write(_ bytes: RawSpan, of output: ChildProcess.Output) {
        for line in lines.take(bytes, of: output) { add(line) }
    }

    /// No more output comes.
    func end() {
        for line in lines.rest() { add(line) }
    }

    private func add(_ text: String) {
        var line = text
        for secret in secrets where line.contains(secret) {
            line = line.split(separator: secret, omittingEmptySubsequences: false)
                .joined(separator: "<redacted>")
        }
        file.append(line)
        guard !line.allSatisfy(\.isWhitespace) else { return }
        if lastLines.count == 20 { lastLines.removeFirst() }
        lastLines.append(String(line.prefix(400)))
    }
}
