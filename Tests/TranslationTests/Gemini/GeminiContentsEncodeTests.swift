import AgentRouteTranslation
import AgentRouteWire
import Testing

@Suite("Gemini: contents of a provider's request")
struct GeminiContentsEncodeTests {
    private let user = #"{"role":"user","parts":[{"text":"hi"}]}"#

    /// The contents after the user's first, for `turns` after it.
    private func contents(_ turns: [Turn], model: String = "gemini-2.5-pro") -> String {
        let all = GeminiKit.contents([Turn(.user, [.text("hi")])] + turns, model: model)
        return "[" + all.dropFirst(user.count + 2)
    }

    private func parts(
        _ content: Block.Content, model: String = "gemini-2.5-pro"
    ) -> (parts: String, lost: [String]) {
        let conversation = GeminiKit.conversation([Turn(.user, [Block(content)])])
        let (body, lost) = GeminiKit.encode(conversation, model: model)
        return (GeminiKit.text(body["contents"]?.array?.first?["parts"] ?? .null), lost)
    }

    // MARK: Tool calls

    @Test("a call and its result, which has the call's name")
    func call() {
        let turns = [
            Turn(.assistant, [.text("a"), GeminiKit.toolCall("c1", "f", #"{"x":1e400}"#)]),
            Turn(.user, [GeminiKit.toolResult("c1", [.text("r1"), .text("r2")]), .text("b")]),
        ]
        #expect(
            contents(turns)
                == #"[{"role":"model","parts":[{"text":"a"},{"functionCall":"#
                + #"{"id":"c1","name":"f","args":{"x":1e400}}}]},"#
                + #"{"role":"user","parts":[{"functionResponse":{"id":"c1","name":"f","#
                + #""response":{"output":"r1\nr2"}}},{"text":"b"}]}]"#)
    }

    @Test(
        "arguments are an object, whatever came",
        arguments: [
            ("", "{}"), ("[1]", #"{"input":[1]}"#), ("{x", #"{"input":"{x"}"#), ("{ }", "{}"),
        ])
    func arguments(input: String, expected: String) {
        let text = contents([Turn(.assistant, [GeminiKit.toolCall("c", "f", input)])])
        #expect(text.contains(#""args":\#(expected)}"#))
    }

    @Test("results follow their calls in the calls' order, wherever they stood")
    func order() {
        let turns = [
            Turn(.assistant, [GeminiKit.toolCall("a", "f"), GeminiKit.toolCall("b", "g")]),
            Turn(.user, [.text("wait")]),
            Turn(.user, [GeminiKit.toolResult("b", [.text("2")], isError: true)]),
            Turn(.user, [GeminiKit.toolResult("a", [])]),
        ]
        #expect(
            contents(turns).hasSuffix(
                #"{"role":"user","parts":[{"functionResponse":{"id":"a","name":"f","#
                    + #""response":{"output":""}}},{"functionResponse":{"id":"b","name":"g","#
                    + #""response":{"error":"2"}}},{"text":"wait"}]}]"#))
    }

    @Test("a call without a result gets one that says so, a result without a call is told as text")
    func repair() {
        let turns = [
            Turn(.assistant, [GeminiKit.toolCall("a", "f")]),
            Turn(.user, [GeminiKit.toolResult("x", [.text("r")])]),
        ]
        #expect(
            contents(turns).hasSuffix(
                #"{"functionResponse":{"id":"a","name":"f","#
                    + #""response":{"error":"no result was given for this call"}}},"#
                    + #"{"text":"[The result of a tool call that is not in this conversation:]"},"#
                    + #"{"text":"r"}]}]"#))
    }

    @Test("an id of other letters is the same in call and response")
    func ids() {
        let turns = [
            Turn(.assistant, [GeminiKit.toolCall("a b", "f")]),
            Turn(.user, [GeminiKit.toolResult("a b", [.text("r")])]),
        ]
        let id = ToolCallID.sanitized("a b")
        let text = contents(turns)
        #expect(id != "a b")
        #expect(text.split(separator: #""id":"\#(id)""#).count == 3)
    }

    @Test("pictures of a result are in the response where that is known, else after the responses")
    func resultImages() {
        let image = Block(.image(Media(.base64("AAAA"), mediaType: "image/png")))
        let turns = [
            Turn(.assistant, [GeminiKit.toolCall("a", "f"), GeminiKit.toolCall("b", "g")]),
            Turn(
                .user,
                [
                    GeminiKit.toolResult("a", [.text("r"), image]),
                    GeminiKit.toolResult("b", [.text("s")]),
                ]),
        ]
        let inline = #"{"inlineData":{"mimeType":"image/png","data":"AAAA"}}"#
        #expect(
            contents(turns, model: "gemini-3-pro").contains(
                #""response":{"output":"r"},"parts":[\#(inline)]}},{"functionResponse""#))
        #expect(contents(turns).hasSuffix(#""response":{"output":"s"}}},\#(inline)]}]"#))
    }

    // MARK: Thought signatures

    @Test("a signature goes back to the call it stood on, found by id")
    func callSignatures() {
        let sealed = GeminiKit.sealed(
            "think", ["thoughtSignature": "S", "on": "functionCall", "id": "b"])
        // The order in which a client without blocks returns them.
        let turn = Turn(
            .assistant, [sealed, GeminiKit.toolCall("a", "f"), GeminiKit.toolCall("b", "g")])
        #expect(
            contents([turn]).hasPrefix(
                #"[{"role":"model","parts":[{"text":"think","thought":true},"#
                    + #"{"functionCall":{"id":"a","name":"f","args":{}}},"#
                    + #"{"functionCall":{"id":"b","name":"g","args":{}},"thoughtSignature":"S"}]}"#)
        )
    }

    @Test(
        "a signature goes back to the thought or the text it stood on",
        arguments: [
            ("thought", #"[{"text":"t","thought":true,"thoughtSignature":"S"},{"text":"a"}]"#),
            ("text", #"[{"text":"t","thought":true},{"text":"a","thoughtSignature":"S"}]"#),
            (
                "emptyText",
                #"[{"text":"t","thought":true},{"text":"a"},{"text":"","thoughtSignature":"S"}]"#
            ),
        ])
    func textSignatures(place: String, expected: String) {
        let payload: JSONValue = ["thoughtSignature": "S", "on": .string(place)]
        let before = Turn(.assistant, [GeminiKit.sealed("t", payload), .text("a")])
        #expect(contents([before]) == #"[{"role":"model","parts":\#(expected)}]"#)
        guard place != "thought" else { return }
        // After the text, where the decoder puts it.
        let after = Turn(.assistant, [.text("a"), GeminiKit.sealed("", payload)])
        let without = expected.replacing(#"{"text":"t","thought":true},"#, with: "")
        #expect(contents([after]) == #"[{"role":"model","parts":\#(without)}]"#)
    }

    @Test("from Gemini 3 on, a step whose calls have no signature gets the documented stand-in")
    func dummySignature() {
        let turns = [
            Turn(.assistant, [GeminiKit.toolCall("a", "f"), GeminiKit.toolCall("b", "g")]),
            Turn(.user, [GeminiKit.toolResult("a", []), GeminiKit.toolResult("b", [])]),
            Turn(.assistant, [GeminiKit.toolCall("c", "f")]),
        ]
        let dummy = #""thoughtSignature":"skip_thought_signature_validator""#
        let newer = contents(turns, model: "gemini-3-pro-preview")
        #expect(newer.split(separator: dummy).count == 3)
        #expect(newer.contains(#""name":"g","args":{}}}"#))
        for model in ["gemini-2.5-pro", "vendor/other"] {
            #expect(!contents(turns, model: model).contains(dummy))
        }
    }

    @Test("thoughts of this model's go back to it, with a signature or without")
    func ownThoughts() {
        let turn = Turn(.assistant, [GeminiKit.sealed("t", ["on": "thoughts"]), .text("a")])
        #expect(
            contents([turn])
                == #"[{"role":"model","parts":[{"text":"t","thought":true},{"text":"a"}]}]"#)
    }

    @Test("thoughts without a seal are not sent")
    func unsealed() {
        let turn = Turn(.assistant, [Block(.reasoning(Reasoning("t"))), .text("a")])
        #expect(contents([turn]) == #"[{"role":"model","parts":[{"text":"a"}]}]"#)
    }

    // MARK: Media

    @Test("media in base64, its type guessed where none is given")
    func base64() {
        let image = Media(.base64("iVBORw0KGgoAAA"))
        #expect(
            parts(.image(image)).parts
                == #"[{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAA"}}]"#)
        var document = Media(.base64("AA=="), mediaType: "application/pdf", title: "a.pdf")
        document.context = "mine"
        #expect(
            parts(.document(document)).parts
                == #"[{"text":"[document: a.pdf]\nmine"},"#
                + #"{"inlineData":{"mimeType":"application/pdf","data":"AA=="}}]"#)
        let audio = Media(.base64("AA=="), mediaType: "audio/mp3")
        #expect(
            parts(.audio(audio)).parts
                == #"[{"inlineData":{"mimeType":"audio/mp3","data":"AA=="}}]"#)
    }

    @Test("a picture of a form Google refuses is told as text; image/jpg is image/jpeg")
    func pictureForms() {
        let gif = Media(.base64("R0lGOD"), mediaType: "image/gif")
        for model in ["gemini-2.5-pro", "gemini-3-pro"] {
            let (notice, lost) = parts(.image(gif), model: model)
            #expect(notice == #"[{"text":"[image omitted: this model takes no image/gif]"}]"#)
            #expect(lost == ["images"])
        }
        let jpg = Media(.base64("AA=="), mediaType: "image/JPG")
        #expect(
            parts(.image(jpg)).parts
                == #"[{"inlineData":{"mimeType":"image/jpeg","data":"AA=="}}]"#)
    }

    @Test("documents of text and of blocks are parts of their own")
    func textDocuments() {
        let text = Media(.text("body"), mediaType: "text/plain", title: "t")
        #expect(parts(.document(text)).parts == #"[{"text":"[document: t]"},{"text":"body"}]"#)
        let blocks = Media(.blocks([.text("a"), .text("b")]))
        #expect(parts(.document(blocks)).parts == #"[{"text":"a"},{"text":"b"}]"#)
    }

    @Test("media by URL are files for models that fetch them, else a notice")
    func urls() {
        let image = Media(.url("https://a.b/c.png?x=.gif"))
        let (file, none) = parts(.image(image))
        #expect(
            file
                == #"[{"fileData":{"fileUri":"https://a.b/c.png?x=.gif","mimeType":"image/png"}}]"#)
        #expect(none.isEmpty)
        let (notice, lost) = parts(.image(image), model: "gemini-2.0-flash")
        #expect(
            notice
                == #"[{"text":"[image omitted: this model takes none by URL: "#
                + #"https://a.b/c.png?x=.gif]"}]"#)
        #expect(lost == ["images"])
    }

    @Test("a file that another provider keeps cannot be had, and the model is told")
    func fileIDs() {
        let (notice, lost) = parts(.document(Media(.fileID("file_123"))))
        #expect(
            notice == #"[{"text":"[document omitted: it is a file kept by another provider]"}]"#)
        #expect(lost == ["file_ids"])
        let own = Media(.fileID("gs://a/b.pdf"))
        #expect(
            parts(.document(own)).parts
                == #"[{"fileData":{"fileUri":"gs://a/b.pdf","mimeType":"application/pdf"}}]"#)
    }

    @Test("citations and the detail of pictures are lost by name")
    func mediaLosses() {
        var document = Media(.text("a"))
        document.citations = true
        #expect(parts(.document(document)).lost == ["citations"])
        var image = Media(.base64("AA=="))
        image.detail = "high"
        #expect(parts(.image(image)).lost == ["detail"])
        image.detail = "auto"
        #expect(parts(.image(image)).lost.isEmpty)
    }

    @Test("blocks of Google's own stay, others' are told as text")
    func opaque() {
        let value: JSONValue = ["executableCode": ["code": "1"]]
        let own = OpaqueBlock(family: .google, type: "executableCode", value: value)
        #expect(parts(.opaque(own)).parts == #"[{"executableCode":{"code":"1"}}]"#)
        let other = OpaqueBlock(family: .anthropic, type: "x", value: ["type": "x", "a": 1])
        let (notice, lost) = parts(.opaque(other))
        #expect(notice == #"[{"text":"[x: {\"a\":1}]"}]"#)
        #expect(lost == ["blocks.x"])
    }
}
