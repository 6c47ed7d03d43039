// Whatever a provider streams, clients of every other wire read a well-formed answer with one end,
// however the bytes were cut into reads. Built by scripts/fuzz with the golden tests' strict readers.

import AgentRouteTranslation
import AgentRouteWire

/// libFuzzer's entry: one input of `count` bytes, valid for the call. Answers 0, or traps.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    for exchange in Exchange.all {
        let whole = exchange.play([bytes[...]])
        let halves = exchange.play([bytes[..<(count / 2)], bytes[(count / 2)...]])
        precondition(whole == halves, "\(exchange.pair): two reads say something else")
    }
    return 0
}

/// A client's request that has been sent to a provider.
private struct Exchange {
    let pair: GoldenPair
    private let request: TranslatedRequest

    static let all = GoldenUpstream.allCases.flatMap { GoldenPair.of($0) }.map { Exchange($0) }

    private init(_ pair: GoldenPair) {
        self.pair = pair
        var call = RequestCall()
        call.model = "m"
        call.streams = true
        do {
            request = try pair.handler().translate(
                Array(Self.body(pair.client).utf8), call, isStrict: false)
        } catch {
            preconditionFailure("\(pair): \(error)")
        }
    }

    private static func body(_ client: Wire) -> String {
        let schema = #"{"type":"object","required":["city"]}"#
        return switch client {
        case .anthropicMessages:
            #"{"model":"m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"a"}],"tools":[{"name":"get_weather","input_schema":\#(schema)}]}"#
        case .openAIChat:
            #"{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"a"}],"tools":[{"type":"function","function":{"name":"get_weather","parameters":\#(schema)}},{"type":"custom","custom":{"name":"apply_patch"}}]}"#
        case .openAIResponses:
            #"{"model":"m","stream":true,"input":"a","tools":[{"type":"function","name":"get_weather","parameters":\#(schema)},{"type":"custom","name":"apply_patch"}]}"#
        default:
            #"{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"functionDeclarations":[{"name":"get_weather","parametersJsonSchema":\#(schema)}]}]}"#
        }
    }

    /// What the client reads when the provider's bytes come in `pieces`.
    func play(_ pieces: [ArraySlice<UInt8>]) -> ReadAnswer {
        let answer = NativeAnswer(
            to: request, id: "a1", created: 0, inputEstimate: 1, wantsEvents: true)
        answer.begin(isEventStream: true)
        var bytes: [UInt8] = []
        func collect(_ write: (inout ByteWriter) -> Void) {
            var writer = ByteWriter()
            write(&writer)
            bytes += writer.bytes
        }
        for piece in pieces { collect { answer.feed(piece.span.bytes, into: &$0) } }
        collect { answer.finish(into: &$0) }
        do throws(GrammarFault) {
            let read = try ReadAnswer.read(bytes, pair.client)
            precondition(read.end != nil, "\(pair): no end")
            return read
        } catch {
            preconditionFailure("\(pair): \(error)\n\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
