import AgentRouteCore
import AgentRouteTesting
import Glibc
import Testing

@testable import AgentRouteCLI

/// A run of the program inside the tests' process: what it said and how it ended.
struct ProgramRun {
    let code: ExitCode
    let output: [String]
    let errors: [String]

    /// Runs `words` to the end, on a thread of its own: the program's loop blocks its caller.
    ///
    /// - Parameters:
    ///   - home: The folder of the user's files; nil where there is none to be found.
    ///   - input: What there is on standard input.
    init(
        _ words: String..., home: String? = nil, environment: [String: String] = [:],
        input: String = ""
    ) async throws {
        try await self.init(list: words, home: home, environment: environment, input: input)
    }

    /// The same, with the words in a list.
    init(
        list words: [String], home: String? = nil, environment: [String: String] = [:],
        input: String = ""
    ) async throws {
        let captured = try CapturedConsole()
        let file = try #require(tmpfile())
        defer { fclose(file) }
        fputs(input, file)
        rewind(file)
        var variables = environment
        if let home { variables["AGENTROUTE_HOME"] = home }
        let context = ProcessContext(
            environment: variables, console: captured.console, input: fileno(file))
        let code = await ClientThread.run { Program.run(arguments: words, in: context) }
        self.code = try #require(code)
        output = captured.output
        errors = captured.errors
    }

    /// The only line of standard output, as JSON.
    var json: JSONValue {
        get throws {
            try #require(output.count == 1, "\(output)")
            return try JSONValue.parse(Array(output[0].utf8))
        }
    }
}

extension FakeUpstream {
    /// An upstream that answers every request with this status and this JSON.
    convenience init(status: Int = 200, json: String) throws {
        try self.init(answering: [
            .text(
                "HTTP/1.1 \(status) Status\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(json.utf8.count)\r\nConnection: close\r\n\r\n\(json)"),
            .close,
        ])
    }

    /// A `config.json` with this upstream as the only provider, `lab`, and `settings` of it.
    func configuration(_ settings: String = #""apiKey": "keyring""#) -> String {
        """
        { "providers": { "lab": { "baseURL": "http://127.0.0.1:\(port)/v1",
                                  "wires": ["openai-chat"], \(settings) } } }
        """
    }
}

/// A list of two models, as providers have it.
let modelList = """
    { "data": [
      { "id": "vendor/big", "name": "Big", "context_length": 200000,
        "pricing": { "prompt": "0.000005", "completion": "0.000025" } },
      { "id": "vendor/small", "context_length": 32000,
        "pricing": { "prompt": "0.000000075", "completion": "0.0000003" } } ] }
    """
