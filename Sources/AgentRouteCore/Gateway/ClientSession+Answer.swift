import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

// What the gateway answers itself: health, models, errors, and the demo model's words.

extension ClientSession {
    /// Says that it is there, and nothing else.
    func answerHealth() {
        write(Answer(status: 200, body: .text("ok\n")), outcome: .ok)
    }

    /// Lists the aliases, or describes the model that the path names: in Gemini's shape at its path and
    /// for a client that shows its key as Google's do, in Anthropic's for one that sends
    /// `anthropic-version`, else in OpenAI's.
    func answerModels() {
        let wire = listWire
        if let path = connection.head.flatMap({ ModelPath($0) }) {
            return answerModel(path, in: wire)
        }
        let list = ModelList(routes: server.routes).list(in: wire)
        write(Answer(status: 200, body: .json(list)), outcome: .ok)
    }

    /// Describes the one model that the path names.
    private func answerModel(_ path: ModelPath, in wire: Wire) {
        do throws(RouteFault) {
            let model = try ModelList(routes: server.routes).model(path.name, in: wire)
            write(Answer(status: 200, body: .json(model)), outcome: .ok)
        } catch {
            exchange?.record.wire = wire
            fail(
                AgentRouteError(
                    .modelNotFound, origin: .client, retry: .useless, error.description,
                    cause: error))
        }
    }

    /// Whose list the client understands.
    private var listWire: Wire {
        // Google's SDK asks under `/v1` where the address is not Google's own.
        if connection.head?.isUnderGemini == true || connection.head?.has("x-goog-api-key") == true
        {
            return .gemini
        }
        return connection.head?.has("anthropic-version") == true ? .anthropicMessages : .openAIChat
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

    /// The list as OpenAI's "List models" has it, Anthropic's, or Google's. Claude Code's menu shows
    /// only ids that begin with `claude`, hence the second names.
    func list(in wire: Wire) -> JSONValue {
        let models = JSONValue.array(named.map { Self.model($0.name, $0.owner, in: wire) })
        switch wire {
        case .gemini: return ["models": models]
        case .anthropicMessages:
            return [
                "data": models, "has_more": false,
                "first_id": named.first.map { .string($0.name) } ?? nil,
                "last_id": named.last.map { .string($0.name) } ?? nil,
            ]
        default: return ["object": "list", "data": models]
        }
    }

    /// One model, by any name that requests may have for it.
    func model(_ name: String, in wire: Wire) throws(RouteFault) -> JSONValue {
        let route = try routes.resolve(name)
        return Self.model(name, "\(route.provider)/\(route.model)", in: wire)
    }

    private static func model(_ name: String, _ owner: String, in wire: Wire) -> JSONValue {
        let title = JSONValue.string(name == owner ? name : "\(name) (\(owner))")
        switch wire {
        case .gemini:
            return [
                "name": .string("models/\(name)"), "displayName": title,
                "supportedGenerationMethods": [
                    "generateContent", "streamGenerateContent", "countTokens",
                ],
            ]
        case .anthropicMessages:
            return [
                "type": "model", "id": .string(name), "display_name": title,
                "created_at": "1970-01-01T00:00:00Z",
            ]
        default:
            return [
                "id": .string(name), "object": "model", "created": 0, "owned_by": .string(owner),
            ]
        }
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

/// A request for one model of the list: `/v1/models/ID`, or Gemini's `/v1beta/models/ID`. The id may
/// hold slashes.
struct ModelPath {
    /// The model, percent-decoded.
    let name: String
    /// Whether the method reads: to others there is nothing here.
    let isRead: Bool

    /// What `head` asks for; nil if its path is another, or not well encoded.
    init?(_ head: MessageHead) {
        let found = head.withBytes { bytes -> (name: String, isRead: Bool)? in
            let method = bytes.extracting(head.methodRange)
            guard let name = Self.name(in: bytes.extracting(head.targetRange)) else { return nil }
            return (name, method.equals("GET") || method.equals("HEAD"))
        }
        guard let found else { return nil }
        name = found.name
        isRead = found.isRead
    }

    private static func name(in target: RawSpan) -> String? {
        for prefix: StaticString in ["/v1/models/", "/v1beta/models/"]
        where target.hasPrefix(prefix) {
            let start = prefix.utf8CodeUnitCount
            var end = start
            while end < target.byteCount, target.byte(at: end) != UInt8(ascii: "?") { end += 1 }
            guard end > start else { return nil }
            return PercentEncoding.decode(target.extracting(start..<end))
        }
        return nil
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
