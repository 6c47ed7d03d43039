import AgentRouteWire
import Testing

@testable import AgentRouteTranslation

@Suite("Service tiers")
struct ServiceTierTests {
    @Test(
        "every vendor's words become the others', and what has none is said to be lost",
        arguments: [
            (WireFamily.anthropic, "auto", WireFamily.openAI, "auto", true),
            (.anthropic, "standard_only", .openAI, "default", true),
            (.anthropic, "auto", .google, nil, true),
            (.anthropic, "standard_only", .google, "standard", true),
            (.google, "SERVICE_TIER_FLEX", .openAI, "flex", true),
            (.google, "standard", .openAI, "default", true),
            (.google, "unspecified", .openAI, "auto", true),
            (.google, "PRIORITY", .anthropic, "auto", true),
            (.google, "flex", .anthropic, nil, false),
            (.openAI, "default", .anthropic, "standard_only", true),
            (.openAI, "auto", .anthropic, "auto", true),
            (.openAI, "flex", .anthropic, nil, false), (.openAI, "scale", .google, nil, false),
            (.openAI, "default", .google, "standard", true),
            (.openAI, "scale", .openAI, "scale", true),
        ] as [(WireFamily, String, WireFamily, String?, Bool)])
    func request(
        client: WireFamily, word: String, provider: WireFamily, expected: String?, isKept: Bool
    ) {
        var lost = Degradations()
        let asked = ServiceTier.request(word, of: client, to: provider, lost: &lost)
        #expect(asked == expected)
        #expect(lost.list.map(\.name) == (isKept ? [] : ["service_tier"]))
    }

    @Test("the tier that served an answer is told in a word that clients know, or not at all")
    func answers() {
        #expect(OpenAITier.answer("standard") == "default")
        #expect(OpenAITier.answer("scale") == "scale")
        #expect(OpenAITier.answer("batch") == nil)
        #expect(ServiceTier("default").answer(to: .anthropic) == "standard")
        #expect(ServiceTier("flex").answer(to: .anthropic) == nil)
    }
}
