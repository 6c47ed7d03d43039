import AgentRouteWire
import Testing

/// The scanner, which checks what is relayed, and the parser, which reads what is translated, must
/// agree on what JSON is.
@Suite("JSONScanner and JSONValue agree")
struct JSONDifferentialTests {
    private func scannerAccepts(_ body: [UInt8]) -> Bool {
        (try? JSONScanner.scan(body.span.bytes)) != nil
    }

    private func parserAccepts(_ body: [UInt8]) -> Bool {
        (try? JSONValue.parse(body)) != nil
    }

    @Test("what is JSON is read by both", arguments: JSONCorpus.valid)
    func valid(document: String) {
        #expect(parserAccepts(Array(document.utf8)))
        #expect(scannerAccepts(Array("{\"k\":\(document)}".utf8)))
        #expect(parserAccepts(Array("{\"k\":\(document)}".utf8)))
    }

    @Test("what is not JSON is refused by both", arguments: JSONCorpus.invalid)
    func invalid(document: String) {
        #expect(!parserAccepts(Array(document.utf8)))
        #expect(!scannerAccepts(Array(document.utf8)))
        // Some of these would be complete with what surrounds them here.
        let wrapped = Array("{\"k\":\(document)}".utf8)
        #expect(scannerAccepts(wrapped) == parserAccepts(wrapped))
    }

    @Test("a document with one byte changed, lost or doubled is JSON for both or for neither")
    func mutations() {
        var dice = Dice(seed: 1)
        let seeds = JSONCorpus.valid.map { Array("{\"k\":\($0),\"model\":\"m\\u0041\"}".utf8) }
        let bytes = Array("{}[],:\"\\0189.eE+-truefalsn \n\u{1F}abu/".utf8)
        for _ in 0..<60_000 {
            guard var body = seeds.randomElement(using: &dice) else { return }
            let place = Int.random(in: body.indices, using: &dice)
            switch Int.random(in: 0..<3, using: &dice) {
            case 0: body[place] = bytes.randomElement(using: &dice) ?? 0
            case 1: body.remove(at: place)
            default: body.insert(body[place], at: place)
            }
            // The scanner leaves the encoding of strings to others; the parser checks it.
            guard String(validating: body, as: UTF8.self) != nil else { continue }
            #expect(
                scannerAccepts(body) == isObject(body),
                "\(String(decoding: body, as: UTF8.self))")
        }
    }

    private func isObject(_ body: [UInt8]) -> Bool {
        (try? JSONValue.parse(body))?.object != nil
    }

    @Test("the scanner's model is the parser's model")
    func sameModel() throws {
        let bodies = [
            #"{"model":"a","model":"b"}"#, #"{"mod\u0065l":"x\ud83d\ude00\n"}"#,
            #"{"x":{"model":"no"},"model":"yes","y":[{"model":"no"}]}"#,
        ]
        for body in bodies {
            let bytes = Array(body.utf8)
            let range = try #require(try JSONScanner.scan(bytes.span.bytes).model)
            let scanned = JSONString.decode(bytes.span.bytes.extracting(range))
            #expect(try JSONValue.parse(bytes)["model"]?.string == scanned)
        }
    }
}
