/// The request the demo sends, in one of the wires: streamed, for a thought, a text and a tool call.
struct SampleRequest: Sendable, Equatable {
    /// The wire's name, as `--wire` takes it.
    let wire: String
    /// The request target.
    let target: String
    /// A header field the wire needs besides the common ones.
    let header: String?
    /// JSON.
    let body: String

    /// The model every wire asks for.
    static let model = "agentroute-heavy"

    /// One for each wire.
    static let all = [anthropicMessages, openAIChat, openAIResponses, gemini]

    /// What Claude Code speaks.
    static let anthropicMessages = SampleRequest(
        wire: "anthropic-messages", target: "/v1/messages",
        header: "anthropic-version: 2023-06-01",
        body: """
            {"model":"\(model)","max_tokens":1024,"stream":true,\
            "messages":[{"role":"user","content":"\(prompt)"}],\
            "tools":[{"name":"write_file","input_schema":\(schema)}]}
            """)

    /// What most other tools speak.
    static let openAIChat = SampleRequest(
        wire: "openai-chat", target: "/v1/chat/completions", header: nil,
        body: """
            {"model":"\(model)","stream":true,"stream_options":{"include_usage":true},\
            "messages":[{"role":"user","content":"\(prompt)"}],\
            "tools":[{"type":"function","function":{"name":"write_file","parameters":\(schema)}}]}
            """)

    /// What Codex speaks.
    static let openAIResponses = SampleRequest(
        wire: "openai-responses", target: "/v1/responses", header: nil,
        body: """
            {"model":"\(model)","stream":true,"input":"\(prompt)",\
            "tools":[{"type":"function","name":"write_file","parameters":\(schema)}]}
            """)

    /// What Gemini CLI speaks.
    static let gemini = SampleRequest(
        wire: "gemini", target: "/v1beta/models/\(model):streamGenerateContent?alt=sse",
        header: nil,
        body: """
            {"contents":[{"role":"user","parts":[{"text":"\(prompt)"}]}],\
            "tools":[{"functionDeclarations":[{"name":"write_file","parameters":\(schema)}]}]}
            """)

    private static let prompt = "write hello.txt: hello from the demo"

    private static let schema = """
        {"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"}},\
        "required":["path","content"]}
        """

    /// The request as it goes over the socket, to the gateway on `port` of 127.0.0.1.
    func bytes(port: UInt16, token: String) -> [UInt8] {
        let fields = [
            "POST \(target) HTTP/1.1",
            "Host: 127.0.0.1:\(port)",
            "Authorization: Bearer \(token)",
            "Content-Type: application/json",
            "Content-Length: \(body.utf8.count)",
            "Connection: close",
        ]
        let head = (fields + [header].compactMap { $0 }).joined(separator: "\r\n")
        return Array((head + "\r\n\r\n" + body).utf8)
    }
}
