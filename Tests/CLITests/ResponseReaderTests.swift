import Testing

@testable import AgentRouteCLI

private let chunked = """
    HTTP/1.1 200 OK\r\nTransfer-Encoding:  chunked\r\n\r\n6\r\ndata: \r\n4;a=b\r\n{}\n\n\r\n0\r\nx: y\r\n\r\n
    """

/// The lines, the status and whether the response was complete, of bytes that came in `pieces`.
private func read(
    _ pieces: [[UInt8]], end: Bool = false
) throws(ResponseReader.Malformed) -> (lines: [String], status: Int?, isComplete: Bool) {
    var lines: [String] = []
    var reader = ResponseReader { lines.append($0) }
    for piece in pieces { try reader.receive(piece) }
    if end { try reader.receiveEnd() }
    return (lines, reader.status, reader.isComplete)
}

@Suite("The demo's reading of a response")
struct ResponseReaderTests {
    @Test("a chunked body is the same wherever the bytes are cut")
    func chunkedBody() throws {
        let bytes = Array(chunked.utf8)
        for cut in 0...bytes.count {
            let result = try read([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(result.lines == ["data: {}", ""])
            #expect(result.status == 200)
            #expect(result.isComplete)
        }
    }

    @Test("a line is given out before the next one comes")
    func promptness() throws {
        let bytes = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\na: \n".utf8)
        let result = try read([bytes])
        #expect(result.lines == ["a: "])
        #expect(!result.isComplete)
    }

    @Test("without chunks the body ends with the connection")
    func toEnd() throws {
        let result = try read([Array("HTTP/1.1 401 No\r\n\r\n{}\n".utf8)], end: true)
        #expect(result.lines == ["{}"])
        #expect(result.status == 401)
        #expect(result.isComplete)
    }

    @Test(
        "what is cut or is no HTTP is an error",
        arguments: [
            "", "HTTP/1.1 200", "SSH-2.0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        ])
    func malformed(text: String) {
        #expect(throws: ResponseReader.Malformed.self) { try read([Array(text.utf8)], end: true) }
    }

    @Test(
        "the request says how long its body is, and shows the token", arguments: SampleRequest.all)
    func request(sample: SampleRequest) throws {
        let text = String(decoding: sample.bytes(port: 9, token: "t0ken"), as: UTF8.self)
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let head = text[..<end.lowerBound]
        #expect(head.hasPrefix("POST \(sample.target) HTTP/1.1\r\nHost: 127.0.0.1:9\r\n"))
        #expect(head.contains("\r\nAuthorization: Bearer t0ken\r\n"))
        #expect(head.contains("\r\nContent-Length: \(text[end.upperBound...].utf8.count)\r\n"))
    }
}
