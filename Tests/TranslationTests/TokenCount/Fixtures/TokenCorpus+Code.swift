extension TokenCorpus {
    static let code: [Piece] = [
        Piece(
            kind: .code, tokens: [218, 220, 219, 233, 228],
            text: #"""
                extension JSONValue {
                    /// Appends the value as JSON text. Recursive: the stack bounds the depth, which
                    /// ``parse(_:comments:)`` limits to ``maximumDepth``.
                    ///
                    /// - Parameter pretty: Whether to break lines and indent by two spaces; otherwise the text
                    ///   has no whitespace at all.
                    package func write(into writer: inout ByteWriter, pretty: Bool = false) {
                        write(into: &writer, indent: pretty ? 0 : nil)
                    }

                    /// The value as JSON text in an array of its own.
                    package func serialized(pretty: Bool = false) -> [UInt8] {
                        var writer = ByteWriter()
                        write(into: &writer, pretty: pretty)
                        return writer.bytes
                    }

                    /// `indent` is the depth of the line this value stands on, or nil for compact text.
                    private func write(into writer: inout ByteWriter, indent: Int?) {
                        switch self {
                        case .null: writer.append("null")
                """#),
        Piece(
            kind: .code, tokens: [240, 237, 248, 256, 248],
            text: #"""
                /// Why an event stream cannot be read on.
                package enum SSEError: Error, Hashable, Sendable {
                    /// An event, or a line of one, is longer than `limit` bytes.
                    case eventTooLong(limit: Int)
                }

                /// Reads an event stream piece by piece (WHATWG HTML section 9.2.6).
                ///
                /// Lines end with CR, LF or CRLF, and pieces may be cut anywhere. Buffers are kept between events.
                /// An event that the stream's end cuts off is never delivered. `retry` fields are ignored: nothing
                /// here reconnects.
                package struct SSEParser: Sendable {
                    /// The last event's `id`, sticky as the standard wants it; empty if there was none.
                    package private(set) var lastEventID: [UInt8] = []

                    private let limit: Int
                    /// The beginning of a line whose end has not arrived.
                    private var line: [UInt8] = []
                    private var name: [UInt8] = []
                    /// The event's data, each line of it ended by LF.
                    private var data: [UInt8] = []
                """#),
        Piece(
            kind: .code, tokens: [213, 210, 202, 227, 213],
            text: #"""
                final class Exchange {
                    /// Where it stands.
                    enum Phase {
                        /// The head was admitted; the body is being read.
                        case gathering(Endpoint)
                        /// A connection to the provider is on its way.
                        case connecting
                        /// The request is with the provider; its head has not come.
                        case waiting
                        /// The response is passing.
                        case relaying
                        /// The answer is the gateway's own.
                        case answering
                    }

                    var phase = Phase.answering
                    var record: RequestRecord
                    /// The client's connection lives on after the answer.
                    var keepAlive = false
                    /// The client speaks HTTP/1.0: no chunks.
                    var isOldClient = false
                    /// The request's method is HEAD: the answer has no body.
                    var isHead = false
                    /// The request was read to its end, so that a next one can follow.
                    var isRead = false
                    /// The provider, and how it is spoken to.
                """#),
        Piece(
            kind: .code, tokens: [259, 260, 306, 276, 296],
            text: #"""
                static void pause_if_full(ar_conn_t *source) {
                    ar_conn_t *receiver = source->relay->receiver;
                    if (receiver != NULL && receiver->pending > receiver->shared->limits.high_water)
                        ar_conn_pause(source);
                }

                void ar_relay_receiver_flushed(ar_conn_t *receiver) {
                    if (receiver->source != NULL) ar_conn_resume(receiver->source);
                }

                /* Sends the head if it is due, what is held, and `bytes`: in one write. */
                static void forward(ar_conn_t *source, const uint8_t *bytes, size_t count) {
                    ar_relay_t *relay = source->relay;
                    ar_loop_t *loop = source->loop;
                    if (relay->receiver == NULL) return;
                    ar_slab_t *slab = source->tls != NULL ? loop->plain_slab : loop->read_slab;
                    if (!relay->head_due && relay->hold_count == 0 &&
                        relay->framing != AR_RELAY_CHUNKED) { /* as nearly always */
                        uv_buf_t whole = uv_buf_init((char *)bytes, (unsigned)count);
                        ar_out_send(relay->receiver, &whole, 1, slab, 0);
                """#),
        Piece(
            kind: .code, tokens: [265, 265, 302, 285, 290],
            text: #"""
                /* Plain bytes of the response, after TLS. */
                static void plain_input(ar_conn_t *conn, const uint8_t *bytes, size_t count) {
                    if (conn->state == AR_C_BODY && !conn->end_due && !conn->ended) { /* as nearly always */
                        body_input(conn, bytes, count);
                        return;
                    }
                    while (count > 0 && conn->state == AR_C_HEAD && !conn->end_due) {
                        size_t used = ar_head_feed(conn, bytes, count);
                        bytes += used;
                        count -= used;
                        if (conn->head_done && !conn->end_due) head_complete(conn);
                        if (conn->state == AR_C_BODY &&
                            !conn->end_due) { /* the head's own turn, with or without body bytes */
                            body_input(conn, bytes, count);
                            return;
                        }
                    }
                    if (count == 0 || conn->end_due || conn->ended) return;
                    if (conn->state == AR_C_POOLED) {
                        ar_conn_close(conn);
                    } else if (conn->state == AR_C_READY) {
                        ar_conn_fail(conn, AR_END_MALFORMED, 0, "sent bytes before it was asked");
                """#),
        Piece(
            kind: .code, tokens: [273, 275, 308, 295, 294],
            text: #"""
                #endif

                typedef uint8_t block_t __attribute__((vector_size(32)));
                typedef uint64_t words_t __attribute__((vector_size(32)));

                enum {
                    KEY_BYTES = 7,
                    STEP = 32,
                    WORDS = 4
                }; /* "usage" and "error", quotes included: both are as long */

                /* Whether `key` (KEY_BYTES of it) is one of the two, with a value other than null. */
                static bool is_key(const uint8_t *key, const uint8_t *end) {
                    if (memcmp(key, "\"usage\"", KEY_BYTES) != 0 && memcmp(key, "\"error\"", KEY_BYTES) != 0)
                        return false;
                    const uint8_t *value = key + KEY_BYTES;
                    if (value < end && *value == ':') value++;
                    if (value < end && *value == ' ') value++;
                    return end - value < 4 || memcmp(value, "null", 4) != 0;
                }

                /* Looks closer at the places that `marks` (a byte each) names. */
                static bool any_key(const uint64_t marks[WORDS], const uint8_t *bytes, const uint8_t *end) {
                    for (size_t word = 0; word < WORDS; word++) {
                """#),
        Piece(
            kind: .code, tokens: [249, 249, 268, 268, 259],
            text: #"""
                sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
                from source_text import c_code, line_of, our_files, read, swift_code  # noqa: E402

                # Our targets and which of ours each may import.
                LAYERS = {
                    "agentroute": ["AgentRouteCLI"],
                    "AgentRouteCLI": ["AgentRoutePlatforms", "AgentRouteCore"],
                    "AgentRoutePlatforms": ["AgentRouteWire"],
                    "AgentRouteCore": ["AgentRouteTranslation", "AgentRouteWire", "AgentRouteIO"],
                    "AgentRouteTranslation": ["AgentRouteWire"],
                    "AgentRouteWire": ["CAgentRouteYYJSON"],
                    "AgentRouteIO": ["CAgentRouteIO"],
                    "CAgentRouteIO": ["CAgentRouteUV", "CAgentRouteLLHTTP", "CAgentRouteTLS"],
                    "CAgentRouteTLS": ["CAgentRouteOpenSSL"],
                    "CAgentRouteLLHTTP": [],
                    "CAgentRouteYYJSON": [],
                    "CAgentRouteUV": [],
                    "CAgentRouteOpenSSL": [],
                }
                # These serve tests and measurements; they may import anything, nothing above may import them.
                """#),
        Piece(
            kind: .code, tokens: [311, 312, 346, 331, 335],
            text: #"""
                #!/usr/bin/env python3
                """check-size [ROOT]: fails on a file of ours over 500 lines and on a function over 60.

                Fixtures, vendored and generated files do not count. The aim is 250 and 40; these are the limits.
                """
                import os
                import re
                import sys

                sys.dont_write_bytecode = True
                sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
                from source_text import c_code, line_of, our_files, read, swift_code  # noqa: E402

                FILE_LINES = 500
                FUNCTION_LINES = 60
                FOLDERS = ["Sources", "CSources", "Tests", "Benchmarks", "scripts"]
                CODE = (".swift", ".c", ".h", ".py", ".bash")

                SWIFT_FUNCTION = re.compile(r"\b(?:func\s+(\S+?)\s*[<(]|(init)[?!]?\s*[<(]|(deinit)\b)")
                # Between a function's head and its body stands no other declaration: if one does, it has no body.
                SWIFT_NEXT = re.compile(r"\b(?:func|var|let|case|typealias|associatedtype|subscript|init|deinit)\b|\}")
                C_FUNCTION = re.compile(r"^[A-Za-z_][^;{}#]*?\b(\w+)\([^;{}]*\)[^;{}()=]*\{", re.MULTILINE)
                """#),
        Piece(
            kind: .code, tokens: [282, 283, 317, 302, 303],
            text: #"""
                WIRES = {
                    "openai-chat": ("chat", "/base/v1", "/v1/chat/completions", "/base/v1/chat/completions"),
                    "openai-responses": ("resp", "/base/v1", "/v1/responses", "/base/v1/responses"),
                    "anthropic-messages": ("msg", "/base/v1", "/v1/messages", "/base/v1/messages"),
                    "gemini": (
                        "gem",
                        "/base/v1beta",
                        "/v1beta/models/gem%2Fm:streamGenerateContent?alt=sse",
                        "/base/v1beta/models/m:streamGenerateContent?alt=sse",
                    ),
                }
                KEY_FIELD = {
                    "openai-chat": "authorization",
                    "openai-responses": "authorization",
                    "anthropic-messages": "x-api-key",
                    "gemini": "x-goog-api-key",
                }
                TERMINAL = {
                    "openai-chat": b"data: [DONE]\n\n",
                    "openai-responses": b'event: response.completed\ndata: {"type":"response.completed",'
                    b'"response":{"id":"r","status":"completed","output":[]}}\n\n',
                    "anthropic-messages": b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
                """#),
        Piece(
            kind: .code, tokens: [296, 296, 299, 353, 317],
            text: #"""
                for method in ("FOO", "post", "Post", "POSTX", "M-SEARCHX", "get"):

                    @case(
                        "method",
                        f"{method}: an unknown method is 405 or 501",
                        "RFC 9110 9.1 and 15.6.2; methods are case-sensitive",
                        "a server may take an unknown method for malformed (400); nginx says 405, HAProxy passes it on",
                    )
                    def _(env, method=method):
                        env.refused(env.request(method=method), {405, 501}, closes=False)


                @case(
                    "method", "CONNECT opens no tunnel", "RFC 9110 9.3.6; the bytes behind it are never a request"
                )
                def _(env):
                    env.refused(
                        plain(env, ["CONNECT {HOST} HTTP/1.1".replace("Host: ", ""), "{HOST}", "{AUTH}"]),
                        {400, 403, 404, 405, 501},
                        closes=False,
                    )


                @case("method", "OPTIONS * is answered", "RFC 9112 3.2.4")
                def _(env):
                    response = env.exchange(plain(env, ["OPTIONS * HTTP/1.1", "{HOST}", "{AUTH}"]))
                    expect(response.status in (200, 204, 404, 405), f"{response.status}")
                """#),
        Piece(
            kind: .code, tokens: [258, 262, 282, 271, 275],
            text: #"""
                # agentroute, nginx, HAProxy and, where there is one, Caddy. Without arguments it takes about
                # 15 minutes and writes docs/benchmarks.md; --quick takes 3 and only prints; --instructions counts
                # what does not depend on the machine's mood: instructions, system calls, allocations.
                # Everything stays on 127.0.0.1; BENCH_SCRATCH is the build folder, .build by default.
                set -euo pipefail
                cd "$(dirname "$0")/.."
                scratch="${BENCH_SCRATCH:-.build}"
                tools="$scratch/bench"

                # As apt-get names it, and the program it brings.
                packages=(nginx-light:nginx haproxy:haproxy valgrind:valgrind strace:strace util-linux:setpriv)

                install_missing() {
                    local entry missing=() as_root=()
                    for entry in "${packages[@]}"; do
                        command -v "${entry#*:}" >/dev/null || missing+=("${entry%%:*}")
                    done
                    # Looked for and not insisted on: not every distribution has it.
                    if ! command -v caddy >/dev/null && apt-cache show caddy >/dev/null 2>&1; then
                """#),
        Piece(
            kind: .code, tokens: [186, 187, 211, 200, 192],
            text: #"""
                @Suite("Exchanges between a server and a client connection")
                struct ExchangeTests {
                    @Test("a head is seen in place: method, target, fields in order, framing")
                    func head() throws {
                        var seen: [String] = []
                        let wired = try Wired { _ in
                            let server = ServerScript()
                            server.onHead = { _, head in
                                head.withBytes { bytes in
                                    seen.append(bytes.slice(head.methodRange))
                                    seen.append(bytes.slice(head.targetRange))
                                    for index in 0..<head.fieldCount {
                                        let name = bytes.slice(head.nameRange(index))
                                        seen.append("\(name)=\(bytes.slice(head.valueRange(index)))")
                                    }
                                }
                                #expect(head.minorVersion == 1 && head.keepAlive && !head.wantsUpgrade)
                                #expect(head.framing == .length && head.contentLength == 4)
                """#),
        Piece(
            kind: .code, tokens: [241, 245, 267, 242, 270],
            text: #"""
                demo:  ## set up, build a release, run one streamed exchange with the built-in provider
                	@scripts/setup
                	swift build -c release --static-swift-stdlib --product agentroute
                	.build/release/agentroute demo

                build:  ## set up and build a release: .build/release/agentroute
                	@scripts/setup
                	swift build -c release --static-swift-stdlib --product agentroute

                test:  ## set up and run every test but those with real clients
                	@scripts/setup
                	scripts/test-embedding
                	swift test --disable-xctest

                test-clients:  ## run real Claude Code against the demo provider (fetches it from PyPI)
                	@scripts/setup --dev
                	scripts/test-clients

                lint:  ## check format, layers, sizes, words and vendored symbols
                	@scripts/setup --dev
                	scripts/lint

                format:  ## format Swift and C in place
                	@scripts/setup --dev
                	scripts/format

                sanitize:  ## run the C tests under three sanitizers, the gateway's under one
                	@scripts/setup
                	scripts/sanitize-c
                """#),
        Piece(
            kind: .code, tokens: [228, 226, 244, 247, 241],
            text: #"""
                // swift-tools-version: 6.2
                import PackageDescription

                /// Settings of every Swift target.
                let house: [SwiftSetting] = [
                    .enableUpcomingFeature("ExistentialAny"),
                    .enableUpcomingFeature("InternalImportsByDefault"),
                    .enableUpcomingFeature("MemberImportVisibility"),
                    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
                    .treatAllWarnings(as: .error),
                ]

                /// Settings of the targets that touch no socket, clock or loop.
                let pure: [SwiftSetting] = house + [.strictMemorySafety()]

                /// Settings of our own C; vendored C is built as its authors ship it.
                let ownC: [CSetting] = [
                    .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
                    .define("_GNU_SOURCE"),
                ]

                let package = Package(
                    name: "agentroute",
                    products: [
                        .executable(name: "agentroute", targets: ["agentroute"]),
                        .library(name: "AgentRouteCore", targets: ["AgentRouteCore"]),
                """#),
    ]
}
