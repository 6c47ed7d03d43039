import AgentRouteWire
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A page of memory between two that cannot be read: one byte too far ends the process.
private struct GuardedPage: ~Copyable {
    private let start: UnsafeMutableRawPointer
    private let pageSize: Int

    init() throws {
        let size = Int(sysconf(Int32(_SC_PAGESIZE)))
        let access = PROT_READ | PROT_WRITE
        guard let memory = mmap(nil, 3 * size, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED, mprotect(memory, size, PROT_NONE) == 0,
            mprotect(memory + 2 * size, size, PROT_NONE) == 0
        else { throw Unavailable() }
        start = memory
        pageSize = size
    }

    struct Unavailable: Error {}

    deinit {
        munmap(start, 3 * pageSize)
    }

    /// Lends a copy of `bytes` that ends where the page ends, and one that begins where it begins.
    func atBothEdges(_ bytes: [UInt8], _ body: (RawSpan) -> Void) {
        for place in [start + 2 * pageSize - bytes.count, start + pageSize] {
            let copy = UnsafeMutableRawBufferPointer(start: place, count: bytes.count)
            copy.copyBytes(from: bytes)
            body(UnsafeRawBufferPointer(copy).bytes)
        }
    }
}

@Suite("Memory bounds")
struct MemoryBoundsTests {
    private static let data = [
        "", "x", #""u"#, "\"", #""usage":null"#, #""error""#, #"{"a":"b\"c"}"#, "data: [DONE]\n\n",
    ]

    @Test("no reader looks before or behind the bytes it is lent, at any length", arguments: data)
    func readers(end: String) throws {
        let page = try GuardedPage()
        for count in 0...150 {
            let bytes = Array((String(repeating: "e", count: count) + end).utf8)
            page.atBothEdges(bytes) { span in
                _ = EventFilter.mayMatter(span, wire: .openAIChat)
                _ = HeaderRules.request(name: span)
                _ = HeaderRules.response(name: span)
                _ = span.equalsIgnoringCase(span)
                _ = JSONString.equals(span, span)
                let length = span.byteCount
                #expect(length == bytes.count)
                for wire in Wire.all {
                    var observer = UsageObserver(wire: wire, isEventStream: count % 2 == 0)
                    observer.observe(span)
                }
            }
            for text in [[0x22] + bytes, Array(#"{"k":""#.utf8) + bytes] {
                page.atBothEdges(text) { span in
                    _ = JSONString.decode(span)
                    _ = try? JSONScanner.scan(span)
                }
            }
            page.atBothEdges([0x22] + bytes + [0x22]) { span in _ = JSONString.decode(span) }
        }
    }
}
