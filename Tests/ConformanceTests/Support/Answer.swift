import AgentRouteTesting

/// Bytes of an upstream's answers.
enum Answer {
    /// A whole response with Content-Length.
    static func plain(
        _ body: String, status: String = "200 OK", type: String = "application/json",
        fields: [String] = []
    ) -> FakeUpstream.Step {
        .text(
            head(
                status, ["Content-Type: \(type)"] + fields + ["Content-Length: \(body.utf8.count)"])
                + body)
    }

    /// The head of a chunked event stream.
    static let streamHead = head(
        "200 OK", ["Content-Type: text/event-stream", "Transfer-Encoding: chunked"])

    /// A whole event stream, one chunk an event.
    static func stream(_ events: [String]) -> String {
        streamHead + events.map(chunk).joined() + "0\r\n\r\n"
    }

    /// One chunk of a chunked body.
    static func chunk(_ text: String) -> String {
        String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n"
    }

    /// A response head.
    static func head(_ status: String, _ fields: [String]) -> String {
        (["HTTP/1.1 \(status)"] + fields + ["", ""]).joined(separator: "\r\n")
    }
}
