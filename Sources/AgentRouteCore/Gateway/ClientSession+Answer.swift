import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

// What the gateway answers itself: health, models, errors, and the demo model's words.

extension ClientSession {
    /// Says that it is there, and nothing else.
    func answerHealth() {
        write(Answer(status: 200, body: .text("ok\n")), outcome: .ok)
    }

    /// Lists the aliases: in Gemini's shape at its path, in Anthropic's for a client that sends
    /// `anthropic-version`, else in OpenAI's.
    func answerModels() {
        let list = ModelList(routes: server.routes)
        let body: JSONValue
        if connection.head?.isUnderGemini == true {
            body = list.gemini
        } else if connection.head?.has("anthropic-version") == true {
            body = list.anthropic
        } else {
            body = list.openAI
        }
        write(Answer(status: 200, body: .json(body)), outcome: .ok)
    }

    /// Writes a whole answer and ends the exchange.
    func write(_ answer: Answer, outcome: RequestRecord.Outcome) {
        server.body.clear()
        var contentType = "application/json"
        switch answer.body {
        case .json(let value): value.write(into: &server.body)
        case .text(let text):
            contentType = "text/plain"
            server.body.append(text)
        }
        server.head.clear()
        writeHead(
            answer.status, contentType: contentType, keepAlive: keepsConnection,
            length: server.body.count)
        for (name, value) in answer.fields {
            server.head.appendField(name, value)
        }
        server.head.append("\r\n")
        let isHead = exchange?.isHead ?? false
        server.head.withBytes { head in
            server.body.withBytes { body in
                connection.write(head, isHead ? body.extracting(0..<0) : body)
            }
        }
        exchange?.record.status = answer.status
        exchange?.record.responseBytes = isHead ? 0 : UInt64(server.body.count)
        endAnswer(outcome)
    }

    /// A status line and the fields every answer has, without the empty line.
    ///
    /// - Parameter length: The body's bytes; nil for chunks, or, for an old client, to the end.
    func writeHead(_ status: Int, contentType: String, keepAlive: Bool, length: Int?) {
        server.head.append("HTTP/1.1 ")
        server.head.appendDecimal(UInt64(status))
        server.head.append(" ")
        server.head.append(Answer.reason(status))
        server.head.append("\r\ndate: ")
        server.head.append(CalendarTime(nanoseconds: WallClock.nanoseconds()).httpDate)
        server.head.append("\r\ncontent-type: ")
        server.head.append(contentType)
        if let length {
            server.head.append("\r\ncontent-length: ")
            server.head.appendDecimal(UInt64(length))
        } else if exchange?.isOldClient == false {
            server.head.append("\r\ntransfer-encoding: chunked")
        }
        if !keepAlive { server.head.append("\r\nconnection: close") }
        if keepAlive, exchange?.isOldClient == true {
            server.head.append("\r\nconnection: keep-alive")
        }
        server.head.append("\r\n")
    }

    // MARK: The demo

    /// Lets the demo model answer, at its own pace.
    func play(_ plan: Exchange.Plan, _ body: RawSpan) {
        guard let wire = exchange?.record.wire else { return }
        let response = DemoModel().respond(
            DemoRequest(
                wire: wire,
                operation: plan.countsTokens ? .countTokens : .generate(stream: plan.streams),
                model: plan.route.model, body: body.array, ordinal: exchange?.record.id ?? 0))
        connection.dropRequest()
        let content = ResponseContent(
            isEventStream: response.contentType.hasPrefix("text/event-stream"))
        exchange?.begin(content, status: response.status, wire: wire)
        let isOld = exchange?.isOldClient ?? false
        if isOld { exchange?.keepAlive = false }
        server.head.clear()
        writeHead(
            response.status, contentType: response.contentType,
            keepAlive: keepsConnection, length: nil)
        server.head.append("\r\n")
        server.head.withBytes { connection.write($0) }
        let player = FramePlayer(response.frames, loop: server.loop)
        self.player = player
        player.start { [weak self] event in self?.heard(event, isOld: isOld) }
    }

    private func heard(_ event: FramePlayer.Event, isOld: Bool) {
        switch event {
        case .frame(let bytes):
            exchange?.observe(bytes.span.bytes)
            exchange?.record.responseBytes += UInt64(bytes.count)
            if isOld {
                connection.write(bytes.span.bytes)
            } else {
                connection.writeChunk(bytes.span.bytes)
            }
            if connection.pendingByteCount > FramePlayer.highWater { player?.pause() }
        case .end:
            player = nil
            if !isOld { connection.writeLastChunk() }
            endAnswer(.ok)
        }
    }
}

/// The aliases as clients list them.
struct ModelList {
    let routes: RouteTable

    /// OpenAI's "List models".
    var openAI: JSONValue {
        let models = named.map { name, owner -> JSONValue in
            [
                "id": .string(name), "object": "model", "created": 0, "owned_by": .string(owner),
            ]
        }
        return ["object": "list", "data": .array(models)]
    }

    /// Anthropic's "List Models". Claude Code's menu shows only ids that begin with `claude`, hence
    /// the second names.
    var anthropic: JSONValue {
        let models = named.map { name, owner -> JSONValue in
            [
                "type": "model", "id": .string(name), "display_name": .string("\(name) (\(owner))"),
                "created_at": "1970-01-01T00:00:00Z",
            ]
        }
        return [
            "data": .array(models), "has_more": false,
            "first_id": named.first.map { .string($0.name) } ?? nil,
            "last_id": named.last.map { .string($0.name) } ?? nil,
        ]
    }

    /// Google's "List models".
    var gemini: JSONValue {
        let verbs: JSONValue = ["generateContent", "streamGenerateContent", "countTokens"]
        let models = named.map { name, owner -> JSONValue in
            [
                "name": .string("models/\(name)"), "displayName": .string("\(name) (\(owner))"),
                "supportedGenerationMethods": verbs,
            ]
        }
        return ["models": .array(models)]
    }

    /// Every name that leads somewhere, and where.
    private var named: [(name: String, owner: String)] {
        routes.aliases.flatMap { entry in
            guard let route = entry.route else { return [(name: String, owner: String)]() }
            let owner = "\(route.provider)/\(route.model)"
            return [(entry.alias.name, owner), (entry.alias.claudeName, owner)]
        }
    }
}

extension MessageHead {
    /// Whether the path is one of Gemini's.
    fileprivate var isUnderGemini: Bool {
        withBytes { $0.extracting(targetRange).hasPrefix("/v1beta/") }
    }

    /// Whether a field has this name, which is in small letters.
    fileprivate func has(_ name: StaticString) -> Bool {
        withBytes { bytes in
            (0..<fieldCount).contains {
                bytes.extracting(nameRange($0)).equalsIgnoringCase(name)
            }
        }
    }
}

extension RawSpan {
    fileprivate var array: [UInt8] {
        withUnsafeBytes { Array($0) }
    }
}
