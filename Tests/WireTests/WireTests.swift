import AgentRouteWire
import Testing

@Suite("Wire")
struct WireTests {
    @Test("the four wires keep the names configuration files use")
    func names() {
        let names = Wire.all.map(\.rawValue)
        #expect(names == ["anthropic-messages", "openai-chat", "openai-responses", "gemini"])
    }

    @Test("a wire read by name equals the constant, an unknown one equals none")
    func lookup() {
        #expect(Wire(rawValue: "gemini") == .gemini)
        #expect(!Wire.all.contains(Wire(rawValue: "Gemini")))
    }
}
