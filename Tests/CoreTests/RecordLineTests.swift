import AgentRouteWire
import Testing

@testable import AgentRouteCore

@Suite("Lines of the log")
struct RecordLineTests {
    /// 2026-11-20T06:58:28.151Z.
    private static let time: Int64 = 1_795_157_908_151_000_000

    private func record() -> RequestRecord {
        var record = RequestRecord(id: 17, startedAt: Self.time)
        record.wire = .openAIChat
        record.alias = "agentroute-fast"
        record.provider = "lab"
        record.model = "vendor/small"
        record.status = 200
        record.headersNanoseconds = 1_327_000
        record.requestBytes = 301
        record.responseBytes = 3_618
        record.usage = TokenUsage(input: 75, output: 60, cacheRead: 1_000)
        return record
    }

    private func line(_ record: RequestRecord, _ format: LogFormat) -> String {
        var line = RecordLine(format: format)
        var text = ""
        line.write(record) { bytes in
            text = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        return text
    }

    @Test("a record is one line of logfmt, its names and order fixed")
    func logfmt() {
        #expect(
            line(record(), .logfmt)
                == "time=2026-11-20T06:58:28.151Z level=info msg=exchange id=17 wire=openai-chat "
                + "alias=agentroute-fast provider=lab model=vendor/small status=200 outcome=ok "
                + "headers_ms=1.327 total_ms=0.000 request_bytes=301 response_bytes=3618 "
                + "input_tokens=75 cache_read_tokens=1000 output_tokens=60\n")
    }

    @Test("a record is one JSON object a line")
    func json() throws {
        let text = line(record(), .json)
        #expect(text.hasSuffix("}\n") && text.dropLast().contains("\n") == false)
        let value = try JSONValue.parse(Array(text.utf8))
        #expect(value["time"]?.string == "2026-11-20T06:58:28.151Z")
        #expect(value["model"]?.string == "vendor/small")
        #expect(value["headers_ms"]?.double == 1.327)
        #expect(value["cache_read_tokens"]?.int == 1_000)
    }

    @Test(
        "a client cannot forge a line or a field by the model's name",
        arguments: ["a b", "a\nlevel=error", "a=b", "\"", "", "é"])
    func forgery(model: String) throws {
        var record = record()
        record.model = model
        let text = line(record, .logfmt)
        #expect(text.dropLast().contains("\n") == false)
        #expect(text.contains(" model=\""))
        let object = try JSONValue.parse(Array(line(record, .json).utf8))
        #expect(object["model"]?.string == model)
    }

    @Test("failures of the provider are warnings, the gateway's own are errors")
    func levels() {
        var record = record()
        let levels: [RequestRecord.Outcome: String] = [
            .ok: "info", .refused: "info", .clientGone: "info", .upstreamCut: "warn",
            .upstreamFailed: "warn", .failed: "error",
        ]
        for (outcome, level) in levels {
            record.outcome = outcome
            #expect(line(record, .logfmt).contains(" level=\(level) "))
        }
    }

    @Test(
        "the calendar is UTC's, leap days and turns of the year included",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"),
            (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (1_767_225_599, "Wed, 31 Dec 2025 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ])
    func calendar(seconds: Int64, expected: String) {
        #expect(CalendarTime(nanoseconds: seconds * 1_000_000_000).httpDate == expected)
    }

    @Test("the newest 500 records are kept, oldest first")
    func ring() {
        var ring = RecordRing(capacity: 500)
        for id in 1...1_203 {
            var record = RequestRecord(id: UInt64(id), startedAt: 0)
            ring.take(&record)
        }
        #expect(ring.all.map(\.id) == Array(704...1_203))
    }
}
