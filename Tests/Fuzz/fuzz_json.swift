// The request scanner and the JSON library agree: on what is JSON, and on what the model is. Built by
// scripts/fuzz into one module with AgentRouteWire's sources.

/// libFuzzer's entry: one input of `count` bytes, valid for the call. Answers 0, or traps.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let top = try? JSONScanner.scan(bytes.span.bytes)
    // Whether strings are UTF-8 is left to whoever reads them, and the library reads 512 levels.
    guard String(validating: bytes, as: UTF8.self) != nil else { return 0 }
    do throws(JSONSyntaxError) {
        let value = try JSONValue.parse(bytes)
        precondition((top != nil) == (value.object != nil), "only one of the two takes it")
        guard let top, let name = value["model"] else { return 0 }
        guard let range = top.model else { preconditionFailure("the model was not found") }
        precondition(top.modelIsString == (name.string != nil), "another kind of model")
        if let text = name.string {
            let token = bytes.span.bytes.extracting(range)
            precondition(JSONString.decode(token) == text, "another model")
        }
    } catch {
        let isDeep = error.reason.contains("nests deeper")
        precondition(top == nil || isDeep, "only the scanner takes it: \(error)")
    }
    return 0
}
