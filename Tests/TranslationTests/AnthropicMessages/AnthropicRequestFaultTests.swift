import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Anthropic requests with a fault")
struct AnthropicRequestFaultTests {
    private typealias Fixture = AnthropicFixture

    private func fault(_ body: String) throws -> RequestFault? {
        do {
            _ = try AnthropicFixture.codec.decodeRequest(try Fixture.json(body), RequestCall())
            return nil
        } catch let fault as RequestFault {
            return fault
        }
    }

    @Test(
        "a fault of the body names its path",
        arguments: [
            (#"[]"#, ""),
            (#"{"max_tokens":1,"messages":[{"role":"user","content":"x"}]}"#, "model"),
            (#"{"model":1,"max_tokens":1,"messages":[{"role":"user","content":"x"}]}"#, "model"),
            (#"{"model":"m","messages":[{"role":"user","content":"x"}]}"#, "max_tokens"),
            (
                #"{"model":"m","max_tokens":"9","messages":[{"role":"user","content":"x"}]}"#,
                "max_tokens"
            ),
            (
                #"{"model":"m","max_tokens":1.5,"messages":[{"role":"user","content":"x"}]}"#,
                "max_tokens"
            ),
            (
                #"{"model":"m","max_tokens":-1,"messages":[{"role":"user","content":"x"}]}"#,
                "max_tokens"
            ),
            (#"{"model":"m","max_tokens":1}"#, "messages"),
            (#"{"model":"m","max_tokens":1,"messages":{}}"#, "messages"),
        ])
    func body(json: String, path: String) throws {
        #expect(try fault(json)?.path == path)
    }

    @Test(
        "a fault of a parameter names its path",
        arguments: [
            (#""stream":"yes""#, "stream"), (#""temperature":"hot""#, "temperature"),
            (#""stop_sequences":"x""#, "stop_sequences"),
            (#""stop_sequences":["a",1]"#, "stop_sequences.1"),
            (#""system":{}"#, "system"),
            (#""system":[{"type":"image"}]"#, "system.0.type"),
            (#""system":[{"type":"text"}]"#, "system.0.text"),
            (#""metadata":[]"#, "metadata"), (#""metadata":{"user_id":1}"#, "metadata.user_id"),
            (#""thinking":{"type":"deep"}"#, "thinking.type"),
            (#""thinking":{"type":"enabled"}"#, "thinking.budget_tokens"),
            (#""output_config":{"effort":3}"#, "output_config.effort"),
            (#""output_config":{"format":{"type":"xml"}}"#, "output_config.format.type"),
            (#""output_format":{"type":"json_schema"}"#, "output_format.schema"),
            (#""tools":{}"#, "tools"), (#""tools":[{"input_schema":{}}]"#, "tools.0.name"),
            (#""tools":[{"name":"f"}]"#, "tools.0.input_schema"),
            (#""tools":[{"name":"f","input_schema":[]}]"#, "tools.0.input_schema"),
            (#""tools":[{"type":"telepathy_2027","name":"f"}]"#, "tools.0.type"),
            (#""tool_choice":"auto""#, "tool_choice"),
            (#""tool_choice":{"type":"some"}"#, "tool_choice.type"),
            (#""tool_choice":{"type":"tool"}"#, "tool_choice.name"),
        ])
    func parameter(member: String, path: String) throws {
        let body =
            #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"x"}],\#(member)}"#
        #expect(try fault(body)?.path == path)
    }

    @Test("a request without a message is refused, unless it is to be counted")
    func noMessages() throws {
        let body = #"{"model":"m","max_tokens":1,"messages":[]}"#
        #expect(try fault(body)?.path == "messages")
        #expect(try Fixture.decoded(body, counting: true).turns.isEmpty)
    }

    @Test(
        "a fault of a message names its path",
        arguments: [
            (#"1"#, "messages.0"), (#"{"content":"a"}"#, "messages.0.role"),
            (#"{"role":"tool","content":"a"}"#, "messages.0.role"),
            (#"{"role":"user"}"#, "messages.0.content"),
            (#"{"role":"user","content":1}"#, "messages.0.content"),
            (#"{"role":"user","content":[{"text":"a"}]}"#, "messages.0.content.0.type"),
            (#"{"role":"user","content":[{"type":"smell"}]}"#, "messages.0.content.0.type"),
            (
                #"{"role":"user","content":[{"type":"text","text":"a","cache_control":1}]}"#,
                "messages.0.content.0.cache_control"
            ),
            (#"{"role":"user","content":[{"type":"image"}]}"#, "messages.0.content.0.source"),
            (
                #"{"role":"user","content":[{"type":"image","source":"x"}]}"#,
                "messages.0.content.0.source"
            ),
            (
                #"{"role":"user","content":[{"type":"image","source":{"type":"ftp"}}]}"#,
                "messages.0.content.0.source.type"
            ),
            (
                #"{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"{}"}]}"#,
                "messages.0.content.0.input"
            ),
            (
                #"{"role":"user","content":[{"type":"tool_result","content":"x"}]}"#,
                "messages.0.content.0.tool_use_id"
            ),
            (
                #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","#
                    + #""content":[{"type":"tool_use"}]}]}"#,
                "messages.0.content.0.content.0.type"
            ),
            (
                #"{"role":"assistant","content":[{"type":"thinking","signature":"s"}]}"#,
                "messages.0.content.0.thinking"
            ),
            (
                #"{"role":"assistant","content":[{"type":"redacted_thinking"}]}"#,
                "messages.0.content.0.data"
            ),
        ])
    func message(json: String, path: String) throws {
        let body = #"{"model":"m","max_tokens":1,"messages":[\#(json)]}"#
        #expect(try fault(body)?.path == path)
    }
}
