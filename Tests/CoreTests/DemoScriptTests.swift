import AgentRouteWire
import Testing

@testable import AgentRouteCore

@Suite("What the demo model decides to do")
struct DemoScriptTests {
    private let client = DemoClient.anthropicMessages
    private let write = DemoClient.anthropicMessages.tool("Write", DemoSchema.file)

    private func hear(_ body: JSONValue) throws -> DemoHeard {
        try client.hear(JSONValue.parse(client.respond(to: body).onlyFrame(), comments: false))
    }

    private func arguments(of tool: JSONValue, for words: String) throws -> JSONValue {
        try client.ask(words, tools: [tool]).argumentValue
    }

    @Test(
        "the path is absolute where the client names its directory",
        arguments: [
            "# Environment\n - Primary working directory: /home/me/x\n - Platform: linux",
            "<env>\nWorking directory: /home/me/x/\n</env>",
            "<environment_context>\n  <cwd>/home/me/x</cwd>\n</environment_context>",
            "I'm currently working in the directory: /home/me/x",
        ])
    func absolutePath(environment: String) throws {
        let words: JSONValue = ["role": "user", "content": "write a.txt: hi"]
        let asSystem: JSONValue = ["role": "system", "content": .string(environment)]
        for body: JSONValue in [
            ["system": .string(environment), "messages": [words], "tools": [write]],
            ["messages": [words, asSystem], "tools": [write]],
        ] {
            #expect(try hear(body).argumentValue["file_path"] == "/home/me/x/a.txt")
        }
    }

    @Test("an absolute path in the order stays as it is")
    func givenPath() throws {
        let body: JSONValue = [
            "system": "working directory: /home/me",
            "messages": [["role": "user", "content": "write /tmp/a.txt: hi"]], "tools": [write],
        ]
        #expect(try hear(body).argumentValue["file_path"] == "/tmp/a.txt")
    }

    @Test("reminders in the user's turn hide neither the order nor the tool's answer")
    func reminders() throws {
        let reminder: JSONValue = [
            "type": "text", "text": "<system-reminder>Be brief.</system-reminder>",
        ]
        let order: JSONValue = ["type": "text", "text": "write a.txt: hi"]
        let result: JSONValue = ["type": "tool_result", "tool_use_id": "t", "content": "created"]
        let asked: JSONValue = ["role": "user", "content": [reminder, order, reminder]]
        let answered: JSONValue = ["role": "user", "content": [result, reminder]]
        #expect(try hear(["messages": [asked], "tools": [write]]).tool == "Write")
        let heard = try hear(["messages": [asked, answered], "tools": [write]])
        #expect(heard.tool == nil && heard.text.contains("created"))
    }

    @Test("a new order after a finished one is carried out")
    func nextOrder() throws {
        let members = try #require(client.body("write a.txt: hi", [write], "created").object)
        let body = JSONValue.object(members)
        var messages = try #require(body["messages"]?.array)
        messages.append(["role": "user", "content": "write b.txt: hi"])
        let heard = try hear(["messages": .array(messages), "tools": [write]])
        #expect(try heard.argumentValue["file_path"] == "b.txt")
    }

    @Test("the arguments take the names the tool's schema gives them")
    func propertyNames() throws {
        for (path, content) in [("path", "content"), ("filePath", "content"), ("filename", "text")]
        {
            let schema: JSONValue = [
                "properties": .object([
                    JSONMember(key: path, value: [:]), JSONMember(key: content, value: [:]),
                ])
            ]
            let arguments = try arguments(
                of: client.tool("fs_write_file", schema), for: "write a.txt: hi")
            #expect(arguments[path] == "a.txt" && arguments[content] == "hi")
        }
    }

    @Test("a shell gets a command that survives any quote")
    func shellCommand() throws {
        let tool = client.tool("exec_command", DemoSchema.command)
        let arguments = try arguments(of: tool, for: "write a.txt: it's $HOME")
        #expect(arguments == ["cmd": #"printf %s 'it'\''s $HOME' > 'a.txt'"#])
    }

    @Test("a shell that takes words gets bash and the command")
    func shellWords() throws {
        let tool = client.tool("shell", DemoSchema.object(["command": "array"]))
        let arguments = try arguments(of: tool, for: "write a.txt: hi")
        #expect(arguments["command"] == ["bash", "-lc", "printf %s 'hi' > 'a.txt'"])
    }

    @Test("a tool for files is preferred to a shell")
    func preference() throws {
        let shell = client.tool("Bash", DemoSchema.object(["command": "string"]))
        #expect(try client.ask("write a.txt: hi", tools: [shell, write]).tool == "Write")
    }

    @Test("a tool that cannot write the file is not called")
    func unfitTools() throws {
        let unfit = [
            client.tool(
                "write_stdin", DemoSchema.object(["session_id": "number", "chars": "string"])),
            client.tool("TodoWrite", DemoSchema.object(["todos": "array"])),
            client.tool("Read", DemoSchema.object(["file_path": "string", "content": "string"])),
            client.tool(
                "write_to_file",
                DemoSchema.object(["path": "string", "content": "string", "line_count": "number"])),
            ["type": "web_search_20250305", "name": "web_search"],
            ["name": "Write", "input_schema": DemoSchema.file, "defer_loading": true],
        ]
        #expect(try client.ask("write a.txt: hi", tools: unfit).tool == nil)
    }

    @Test("a client that forbids tools gets no call")
    func forbiddenTools() throws {
        let forbidding: [(DemoClient, String, JSONValue)] = [
            (.anthropicMessages, "tool_choice", ["type": "none"]),
            (.openAIChat, "tool_choice", "none"), (.openAIResponses, "tool_choice", "none"),
            (.gemini, "toolConfig", ["functionCallingConfig": ["mode": "NONE"]]),
        ]
        for (client, key, value) in forbidding {
            let tools = [client.tool("Write", DemoSchema.file)]
            let members = try #require(client.body("write a.txt: hi", tools, nil).object)
            let body = JSONValue.object(members + [JSONMember(key: key, value: value)])
            let response = try client.respond(to: body).onlyFrame()
            #expect(try client.hear(JSONValue.parse(response, comments: false)).tool == nil)
        }
    }

    @Test("a Gemini request may spell its fields in camel or in snake case")
    func geminiSpelling() throws {
        let function: JSONValue = ["name": "write_file", "parameters_json_schema": DemoSchema.file]
        let body: JSONValue = [
            "system_instruction": ["parts": [["text": "working directory: /home/me"]]],
            "contents": [["parts": [["text": "write a.txt: hi"]]]],
            "tools": [["function_declarations": [function]]],
        ]
        let response = try DemoClient.gemini.respond(to: body).onlyFrame()
        let heard = try DemoClient.gemini.hear(JSONValue.parse(response, comments: false))
        #expect(try heard.argumentValue["file_path"] == "/home/me/a.txt")
    }

    @Test(
        "words that are no order get a text",
        arguments: [
            "write a poem: about the sea", "write: x", "rewrite a.txt: x", "write a.txt", "",
        ])
    func noOrder(words: String) throws {
        let heard = try client.ask(words, tools: [write])
        #expect(heard.tool == nil && !heard.text.isEmpty)
    }
}
