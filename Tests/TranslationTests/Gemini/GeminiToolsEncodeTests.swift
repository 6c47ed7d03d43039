import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Gemini: tools of a provider's request")
struct GeminiToolsEncodeTests {
    private let function = Tool(
        ToolName("f"), description: "d",
        kind: .function(
            schema: [
                "$schema": "x", "type": "object", "properties": ["$schema": ["type": "string"]],
            ]))

    private func search(_ options: JSONValue = [:]) -> Tool {
        let server = ServerTool(purpose: .webSearch, family: .anthropic, declaration: options)
        return Tool(ToolName("web_search"), kind: .server(server))
    }

    private func encode(
        _ tools: [Tool], choice: ToolChoice? = nil, model: String = "gemini-2.5-pro"
    ) -> (body: JSONValue, lost: [String]) {
        var conversation = GeminiKit.conversation()
        conversation.tools = tools
        conversation.toolChoice = choice
        return GeminiKit.encode(conversation, model: model)
    }

    @Test("schemas go as JSON Schema, but for the name of its dialect")
    func functions() {
        var strict = Tool(ToolName("g"), kind: .function(schema: nil))
        strict.strict = true
        let (body, lost) = encode([function, strict])
        #expect(
            GeminiKit.text(body["tools"] ?? .null)
                == #"[{"functionDeclarations":[{"name":"f","description":"d","#
                + #""parametersJsonSchema":{"type":"object","#
                + #""properties":{"$schema":{"type":"string"}}}},{"name":"g"}]}]"#)
        #expect(lost.isEmpty)
        #expect(body["toolConfig"] == ["functionCallingConfig": ["mode": "VALIDATED"]])
        let older = encode([function, strict], model: "gemini-2.0-flash")
        #expect(older.lost == ["tools.g.strict"] && older.body["toolConfig"] == nil)
    }

    @Test("nothing stands beside a reference, and no schema in it names its dialect")
    func references() {
        let schema: JSONValue = [
            "$defs": ["a": ["type": "string", "$schema": "x"]],
            "properties": [
                "p": ["$ref": "#/$defs/a", "description": "d"], "q": ["$ref": "#/$defs/a"],
                "r": ["type": "array", "items": ["description": "e", "$ref": "#/$defs/a"]],
            ],
        ]
        let (body, lost) = encode([Tool(ToolName("f"), kind: .function(schema: schema))])
        let function = body["tools"]?.array?.first?["functionDeclarations"]?.array?.first
        #expect(
            function?["parametersJsonSchema"] == [
                "$defs": ["a": ["type": "string"]],
                "properties": [
                    "p": ["anyOf": [["$ref": "#/$defs/a"]], "description": "d"],
                    "q": ["$ref": "#/$defs/a"],
                    "r": [
                        "type": "array",
                        "items": ["description": "e", "anyOf": [["$ref": "#/$defs/a"]]],
                    ],
                ],
            ])
        #expect(lost.isEmpty)
    }

    @Test(
        "the choice among functions",
        arguments: [
            (ToolChoice.auto, #"{"mode":"AUTO"}"#), (.none, #"{"mode":"NONE"}"#),
            (.required, #"{"mode":"ANY"}"#),
            (.tool(ToolName("f")), #"{"mode":"ANY","allowedFunctionNames":["f"]}"#),
            (
                .allowed([ToolName("f")], required: false),
                #"{"mode":"VALIDATED","allowedFunctionNames":["f"]}"#
            ),
        ])
    func choice(choice: ToolChoice, expected: String) {
        let (body, lost) = encode([function], choice: choice)
        let config = body["toolConfig"]?["functionCallingConfig"]
        #expect(GeminiKit.text(config ?? .null) == expected)
        #expect(lost.isEmpty)
    }

    @Test("a choice of what is no function cannot be made, and that is said")
    func lostChoice() {
        #expect(encode([search()], choice: .required).lost == ["tool_choice"])
        #expect(encode([search()], choice: .auto).lost.isEmpty)
        let (body, lost) = encode([function], choice: .tool(ToolName("x")))
        #expect(lost == ["tool_choice"])
        #expect(body["toolConfig"] == nil)
    }

    @Test("the others' server tools become Google's, and what these cannot be told is named")
    func serverTools() {
        let (body, lost) = encode([search(["max_uses": 3, "allowed_domains": ["a"], "x": 1])])
        #expect(body["tools"] == [["googleSearch": [:]]])
        #expect(
            lost == [
                "tools.web_search.max_uses", "tools.web_search.allowed_domains",
                "tools.web_search.x",
            ])
    }

    @Test("Google's own server tools stay as they are")
    func ownServerTools() {
        let declaration: JSONValue = ["enableWidget": true]
        let server = ServerTool(purpose: .other, family: .google, declaration: declaration)
        let (body, _) = encode([Tool(ToolName("googleMaps"), kind: .server(server))])
        #expect(body["tools"] == [["googleMaps": declaration]])
    }

    @Test("before the third generation a server tool gives way to functions, and the model is told")
    func mixed() {
        let (body, lost) = encode([function, search()])
        #expect(body["tools"]?.array?.count == 1)
        #expect(lost == ["tools.web_search"])
        #expect(
            body["systemInstruction"] == [
                "parts": [["text": "[The tool web_search is not available with this model.]"]]
            ])
        let (newer, none) = encode([function, search()], model: "gemini-3-pro")
        #expect(newer["tools"]?.array?.count == 2)
        #expect(newer["toolConfig"] == ["includeServerSideToolInvocations": true])
        #expect(none.isEmpty)
    }
}
