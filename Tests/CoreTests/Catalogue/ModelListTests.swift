import AgentRouteCore
import AgentRouteTesting
import AgentRouteWire
import Testing

@Suite("Lists of models in each wire")
struct ModelListTests {
    private func models(_ fixture: CatalogueFixture, _ provider: Provider) async throws
        -> [CatalogueModel]
    {
        try await fixture.catalogue.models(of: provider, maximumAge: .zero).models
    }

    @Test("OpenRouter's list has windows, limits and prices")
    func openRouter() async throws {
        let fixture = try CatalogueFixture(
            answering: """
                { "data": [
                  { "id": "vendor/big", "name": "Vendor: Big", "context_length": 200000,
                    "pricing": { "prompt": "0.000003", "completion": "0.000015" },
                    "top_provider": { "context_length": 200000, "max_completion_tokens": 64000 } },
                  { "id": "openrouter/auto", "name": "", "context_length": null,
                    "pricing": { "prompt": "-1", "completion": "-1" },
                    "top_provider": { "max_completion_tokens": null } },
                  { "name": "no id" } ] }
                """)
        let models = try await models(fixture, fixture.provider())
        #expect(models.map(\.id) == ["vendor/big", "openrouter/auto"])
        let big = try #require(models.first)
        #expect(big.name == "Vendor: Big")
        #expect(big.contextWindow == 200_000 && big.maxOutput == 64_000)
        #expect(big.pricePrompt == 0.000003 && big.priceCompletion == 0.000015)
        #expect(models.last == CatalogueModel(id: "openrouter/auto"))
        let request = try #require(fixture.upstream.seen.requests.first)
        #expect(request.target == "/v1/models")
        #expect(request.value("authorization") == "Bearer sk-1")
    }

    @Test("Anthropic's list is read page by page, with its version and its key's field")
    func anthropic() async throws {
        let fixture = try CatalogueFixture { request in
            let isFirst = !request.target.contains("after_id")
            let body =
                isFirst
                ? """
                { "data": [ { "type": "model", "id": "a&b", "display_name": "A",
                              "max_input_tokens": 200000, "max_tokens": 64000 } ],
                  "has_more": true, "first_id": "a&b", "last_id": "a&b" }
                """
                : "{ \"data\": [ { \"id\": \"c\" } ], \"has_more\": false, \"last_id\": \"c\" }"
            return [.text(response(200, body))]
        }
        // A base URL as Anthropic's clients are given it, without a version.
        let models = try await models(fixture, fixture.provider(.anthropicMessages, path: ""))
        #expect(
            models == [
                CatalogueModel(id: "a&b", name: "A", contextWindow: 200_000, maxOutput: 64_000),
                CatalogueModel(id: "c"),
            ])
        let requests = fixture.upstream.seen.requests
        #expect(
            requests.map(\.target)
                == ["/v1/models?limit=1000", "/v1/models?limit=1000&after_id=a%26b"])
        for request in requests {
            #expect(request.value("x-api-key") == "sk-1")
            #expect(request.value("anthropic-version") == "2023-06-01")
        }
    }

    @Test("Google's list names models by resource, and holds more than chat")
    func gemini() async throws {
        let fixture = try CatalogueFixture { request in
            let body =
                request.target.contains("pageToken")
                ? "{ \"models\": [ { \"name\": \"models/two\" } ] }"
                : """
                { "models": [
                    { "name": "models/one", "displayName": "One", "inputTokenLimit": 1000,
                      "outputTokenLimit": 100, "supportedGenerationMethods": ["generateContent"] },
                    { "name": "models/embed", "supportedGenerationMethods": ["embedContent"] } ],
                  "nextPageToken": "n/1" }
                """
            return [.text(response(200, body))]
        }
        let models = try await models(fixture, fixture.provider(.gemini, path: "/v1beta"))
        #expect(
            models == [
                CatalogueModel(id: "one", name: "One", contextWindow: 1000, maxOutput: 100),
                CatalogueModel(id: "two"),
            ])
        let requests = fixture.upstream.seen.requests
        #expect(
            requests.map(\.target)
                == ["/v1beta/models?pageSize=1000", "/v1beta/models?pageSize=1000&pageToken=n%2F1"])
        #expect(requests.allSatisfy { $0.value("x-goog-api-key") == "sk-1" })
    }

    @Test(
        "the list stands beside the wire's own path",
        arguments: [
            (ServedWire(.openAIResponses), "/v1", "/v1/models"),
            (ServedWire(.openAIChat, path: "/openai/chat/completions"), "/v1", "/v1/openai/models"),
            (
                ServedWire(.anthropicMessages, path: "/anthropic/v1/messages"), "",
                "/anthropic/v1/models?limit=1000"
            ),
            (ServedWire(.openAIChat, path: "/odd"), "/v1", "/v1/models"),
        ])
    func path(served: ServedWire, base: String, target: String) async throws {
        let fixture = try CatalogueFixture(answering: "{\"data\": []}")
        var provider = try fixture.provider(path: base)
        provider.wires = [served, ServedWire(.gemini)]
        _ = try await models(fixture, provider)
        #expect(fixture.upstream.seen.requests.map(\.target) == [target])
    }

    @Test("the configured fields are sent, and one of the key's name stands in its place")
    func fields() async throws {
        let fixture = try CatalogueFixture(answering: "[ { \"id\": \"a\" } ]")
        var provider = try fixture.provider()
        provider.headers = [
            Provider.Header(name: "Authorization", value: Secret("Basic x")),
            Provider.Header(name: "x-team", value: Secret("a")),
        ]
        #expect(try await models(fixture, provider).map(\.id) == ["a"])
        let request = try #require(fixture.upstream.seen.requests.first)
        #expect(request.value("x-team") == "a")
        #expect(
            request.fields.filter { $0.name.lowercased() == "authorization" }.map(\.value)
                == ["Basic x"])
    }

    @Test("a list without an end, and what is no list, are errors")
    func unsound() async throws {
        let endless = try CatalogueFixture(
            answering: "{ \"data\": [], \"has_more\": true, \"last_id\": \"x\" }")
        let provider = try endless.provider(.anthropicMessages)
        let error = await fetchError { _ = try await models(endless, provider) }
        #expect(error?.code == .upstreamMalformed)
        #expect(endless.upstream.seen.requests.count == 32)
        for body in ["<html>", "{}", "{\"data\": {}}"] {
            let fixture = try CatalogueFixture(answering: body)
            let provider = try fixture.provider()
            let error = await fetchError { _ = try await models(fixture, provider) }
            #expect(error?.code == .upstreamMalformed)
            #expect(error?.message.contains("is its baseURL right?") == true)
        }
    }

    @Test(
        "a refusal is told apart by its status, without what the provider said",
        arguments: [
            (401, AgentRouteError.Code.providerKeyRefused), (403, .providerKeyRefused),
            (429, .providerRateLimited), (404, .providerFailed), (301, .providerFailed),
            (500, .providerFailed), (529, .providerFailed),
        ])
    func status(status: Int, code: AgentRouteError.Code) async throws {
        let fixture = try CatalogueFixture { _ in
            [.text(response(status, "bad sk-1", fields: "retry-after: 7\r\n"))]
        }
        let provider = try fixture.provider()
        let error = await fetchError { _ = try await models(fixture, provider) }
        #expect(error?.code == code && error?.origin == .upstream)
        #expect(error?.message.contains("sk-1") == false)
        #expect(error?.message.contains("after 7") == (status == 429))
    }

    @Test("a provider that wants a key and has none is told what is missing")
    func missingKey() async throws {
        let fixture = try CatalogueFixture { _ in [.text(response(401, ""))] }
        let provider = try fixture.provider(key: .missing(reason: "LAB is not set"))
        let error = await fetchError { _ = try await models(fixture, provider) }
        #expect(error?.code == .providerKeyMissing)
        #expect(error?.message == "provider lab wants a key: LAB is not set")
        #expect(fixture.upstream.seen.requests.first?.value("authorization") == nil)
    }
}
