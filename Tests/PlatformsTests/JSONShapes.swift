/// Settings files of Claude Code as they are found.
let jsonShapes: [(name: String, text: String)] = [
    ("empty file", ""),
    ("spaces only", "   "),
    ("a line end only", "\n"),
    ("blank lines with CRLF", "\r\n\r\n"),
    ("a byte order mark only", "\u{FEFF}"),
    ("{}", "{}"),
    ("{} and a line end", "{}\n"),
    ("an object with a space", "{ }"),
    ("an object with a line end", "{\n}\n"),
    ("an object with blank lines", "{\n\n\n}\n"),
    ("an object with a line comment", "{\n  // nothing yet\n}\n"),
    ("an object with a block comment", "{ /* nothing yet */ }"),
    ("a line comment at the brace", "{ // nothing yet\n}"),
    ("one key", "{\n  \"theme\": \"dark\"\n}\n"),
    ("no final line end", "{\n  \"theme\": \"dark\"\n}"),
    ("several final line ends", "{\n  \"theme\": \"dark\"\n}\n\n\n"),
    ("four spaces", "{\n    \"theme\": \"dark\",\n    \"model\": \"opus\"\n}\n"),
    ("tabs", "{\n\t\"theme\": \"dark\",\n\t\"env\": {\n\t\t\"A\": \"1\"\n\t}\n}\n"),
    ("no indentation", "{\n\"theme\": \"dark\",\n\"env\": {\n\"A\": \"1\"\n}\n}\n"),
    ("CRLF", "{\r\n  \"theme\": \"dark\",\r\n  \"env\": {\r\n    \"A\": \"1\"\r\n  }\r\n}\r\n"),
    ("a byte order mark and CRLF", "\u{FEFF}{\r\n  \"theme\": \"dark\"\r\n}\r\n"),
    ("CR alone for line ends", "{\r  \"theme\": \"dark\"\r}\r"),
    ("minified", #"{"theme":"dark","env":{"A":"1"},"permissions":{"allow":[]}}"#),
    ("minified with an empty env", #"{"theme":"dark","env":{}}"#),
    ("minified without env", #"{"theme":"dark"}"#),
    ("one line, spaced", #"{ "theme": "dark", "env": { "A": "1" } }"#),
    ("one line, padded", "{  \"theme\" : \"dark\"  ,  \"env\" : { }  }  "),
    ("an empty env", "{\n  \"env\": {}\n}\n"),
    ("an empty env over two lines", "{\n  \"env\": {\n  }\n}\n"),
    ("an empty env with a comment", "{\n  \"env\": {\n    // mine\n  }\n}\n"),
    ("an empty env with a comment at the brace", "{\"env\":{ // mine\n}}"),
    ("env first", "{\n  \"env\": {\n    \"A\": \"1\"\n  },\n  \"theme\": \"dark\"\n}\n"),
    ("env last", "{\n  \"theme\": \"dark\",\n  \"env\": {\n    \"A\": \"1\"\n  }\n}\n"),
    (
        "env on one line",
        "{\n  \"env\": { \"A\": \"1\", \"B\": \"2\" },\n  \"theme\": \"dark\"\n}\n"
    ),
    (
        "an address of the user's",
        "{\n  \"env\": {\n    \"ANTHROPIC_BASE_URL\": \"https://proxy.example\",\n    \"Z\": \"1\"\n  }\n}\n"
    ),
    (
        "all our keys with other values",
        "{\"env\":{\"ANTHROPIC_DEFAULT_HAIKU_MODEL\":\"h\",\"ANTHROPIC_BASE_URL\":\"u\",\n"
            + "\"ANTHROPIC_AUTH_TOKEN\" : \"t\", \"ANTHROPIC_DEFAULT_OPUS_MODEL\":\"o\","
            + "\"ANTHROPIC_DEFAULT_SONNET_MODEL\":\"s\"}}"
    ),
    (
        "our keys with values that are no strings",
        "{\"env\": {\"ANTHROPIC_BASE_URL\": null, \"ANTHROPIC_AUTH_TOKEN\": [1, {\"a\": 2}]}}"
    ),
    (
        "our keys already as we would write them",
        "{\"env\": {\"ANTHROPIC_BASE_URL\": \"http://127.0.0.1:4505\", \"ANTHROPIC_AUTH_TOKEN\": \"f00d\"}}"
    ),
    ("escapes in a value of ours", #"{"env": {"ANTHROPIC_BASE_URL": "http:\/\/x\u002fy"}}"#),
    ("a trailing comma", "{\n  \"theme\": \"dark\",\n}\n"),
    (
        "trailing commas everywhere",
        "{\n  \"env\": {\n    \"A\": \"1\",\n  },\n  \"l\": [1, 2,],\n}\n"
    ),
    ("a trailing comma on one line", #"{"env": {"A": "1",},}"#),
    ("a trailing comma with a comment", "{\n  \"theme\": \"dark\", // why not\n}\n"),
    (
        "line comments",
        "// top\n{\n  // theme\n  \"theme\": \"dark\", // dark!\n  // env\n  \"env\": {\n"
            + "    \"A\": \"1\" // one\n    // end of env\n  } // env\n  // end\n}\n// bottom\n"
    ),
    (
        "block comments",
        "/* top */ { /* a */ \"theme\" /* b */ : /* c */ \"dark\" /* d */ , /* e */ \"env\": {"
            + " /* f */ \"A\": \"1\" /* g */ } /* h */ } /* i */"
    ),
    ("a comment behind the last value", "{\n  \"theme\": \"dark\" // last\n}\n"),
    (
        "a comment line behind the last value",
        "{\n  \"theme\": \"dark\"\n  // \"model\": \"x\"\n}\n"
    ),
    ("a brace right behind a comment's line", "{ \"theme\": \"dark\" // last\n}"),
    ("comment signs in strings", #"{"theme": "// no /* comment */", "env": {"A": "/*"}}"#),
    (
        "env twice",
        "{\n  \"env\": {\"A\": \"1\"},\n  \"theme\": \"dark\",\n  \"env\": {\"B\": \"2\"}\n}\n"
    ),
    (
        "a key of ours twice",
        "{\"env\": {\"ANTHROPIC_BASE_URL\": \"a\", \"X\": \"\", \"ANTHROPIC_BASE_URL\": \"b\"}}"
    ),
    ("env spelled with an escape", #"{"\u0065nv": {"A": "1"}}"#),
    ("a key of ours spelled with an escape", #"{"env": {"ANTHROPIC\u005fBASE_URL": "a"}}"#),
    ("keys beyond ASCII", "{\n  \"größe\": \"🦊\",\n  \"世界\": {\"é\": 1}\n}\n"),
    ("a surrogate alone", #"{"a": "\ud800", "env": {"\udc00": "x"}}"#),
    ("keys with dots and slashes", #"{"a.b/c": {"env": {"A": "decoy"}}, "": {"": ""}}"#),
    ("env deeper down only", "{\n  \"mcpServers\": {\"x\": {\"env\": {\"A\": \"1\"}}}\n}\n"),
    ("numbers of all kinds", #"{"a": -0, "b": 1.5e+300, "c": 123456789012345678901234567890}"#),
    ("the brace on a line of its own", "{\n  \"env\":\n  {\n    \"A\": \"1\"\n  }\n}\n"),
    (
        "commas at the start of lines",
        "{\n    \"a\": 1\n  , \"b\": 2\n  , \"env\": { \"A\": \"1\" }\n}\n"
    ),
    ("uneven indentation", "  {\n \"a\": 1,\n      \"env\": {\n  \"A\": \"1\"},\n \"b\": 2 }"),
    (
        "blank lines between members",
        "{\n\n  \"a\": 1,\n\n  \"env\": {\n\n    \"A\": \"1\"\n\n  }\n\n}\n"
    ),
    ("mixed line ends", "{\r\n  \"a\": 1,\n  \"env\": {\r\n    \"A\": \"1\"\n  }\r\n}\n"),
    (
        "nested deeply",
        "{\"a\": " + String(repeating: "[", count: 5_000) + String(repeating: "]", count: 5_000)
            + "}"
    ),
    (
        "objects nested deeply",
        String(repeating: "{\"a\":", count: 1_000) + "1" + String(repeating: "}", count: 1_000)
    ),
    (
        "large",
        "{\n  \"history\": [\n"
            + (0..<1_000).map { "    {\"n\": \($0), \"text\": \"line \\\"\($0)\\\"\"}" }
            .joined(separator: ",\n") + "\n  ],\n  \"theme\": \"dark\"\n}\n"
    ),
    (
        "a real one",
        """
        {
          "$schema": "https://json.schemastore.org/claude-code-settings.json",
          "permissions": {
            "allow": ["Bash(npm run test:*)", "Read(~/.zshrc)"],
            "deny": ["Read(./.env)"],
            "defaultMode": "acceptEdits"
          },
          "env": {
            "CLAUDE_CODE_ENABLE_TELEMETRY": "1",
            "OTEL_METRICS_EXPORTER": "otlp"
          },
          "hooks": {
            "PreToolUse": [
              {"matcher": "Bash", "hooks": [{"type": "command", "command": "echo \\"hi\\""}]}
            ]
          },
          "statusLine": {"type": "command", "command": "~/.claude/statusline.sh"},
          "feedbackSurveyState": {"lastShownTime": 1754082216513}
        }

        """
    ),
]
