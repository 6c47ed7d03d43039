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

    @Test("wires compare and hash by name, however they came about")
    func identity() {
        let unknown = ["Gemini", "other", ""].map { Wire(rawValue: $0) }
        let again = (Wire.all + unknown).map { Wire(rawValue: $0.rawValue) }
        #expect(again == Wire.all + unknown)
        #expect(Set(again).count == 7 && Set(again + Wire.all + unknown).count == 7)
        for (index, wire) in again.enumerated() {
            for (other, second) in again.enumerated() {
                #expect(
                    (wire == second) == (index == other) && (wire != second) == (index != other))
            }
        }
    }
}
