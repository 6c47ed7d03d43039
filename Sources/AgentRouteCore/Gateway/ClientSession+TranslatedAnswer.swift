import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

// Phase 5 where wires differ: the provider's answer, read and written anew as it comes.

extension ClientSession {
    /// Above this many bytes waiting for the client the provider is not read on, as in a relay.
    static let translationHighWater = 128 << 10

    /// The head of the provider's answer is here.
    func begin(_ translation: Translation, _ head: MessageHead, from upstream: ClientConnection) {
        guard let exchange, let request = translation.request else { return upstream.close() }
        dropSentRequest(upstream)
        exchange.phase = .relaying
        exchange.record.headersNanoseconds = exchange.elapsed
        translation.status = head.status
        let content = ResponseContent(head)
        translation.retryFields = RetryFields.of(head)
        guard head.status == 200, !translation.countsAtProvider else { return }
        exchange.record.status = 200
        let answer = NativeAnswer(
            to: request, id: "\(server.answerStamp)\(exchange.record.id)",
            created: Int(WallClock.nanoseconds() / 1_000_000_000),
            inputEstimate: server.tokenCounts.count(
                request.features, provider: exchange.record.provider ?? "",
                model: exchange.record.model ?? ""),
            wantsEvents: translation.call.wantsEvents)
        answer.begin(
            isEventStream: content.isEventStream, contentType: head.text(of: "content-type"))
        translation.answer = answer
        translation.lastWrite = EventLoop.nanoseconds()
        if request.streams { server.keepWaiting(self) }
    }

    /// Bytes of the provider's body. No allocation but for the events' own text.
    func take(_ bytes: RawSpan, _ translation: Translation, from upstream: ClientConnection) {
        guard let exchange else { return }
        if exchange.record.firstByteNanoseconds < 0 {
            exchange.record.firstByteNanoseconds = exchange.elapsed
        }
        guard let answer = translation.answer else {
            guard translation.text.count < Translation.maximumTextByteCount else { return }
            return bytes.withUnsafeBytes { translation.text.append(contentsOf: $0) }
        }
        if Self.feed(bytes, to: answer, into: &server.body) {
            return end(translation, answer, from: upstream)
        }
        flush(translation)
        if connection.pendingByteCount > Self.translationHighWater { upstream.pause() }
    }

    private static func feed(
        _ bytes: RawSpan, to answer: NativeAnswer, into writer: inout ByteWriter
    ) -> Bool {
        writer.clear()
        return answer.feed(bytes, into: &writer)
    }

    /// The provider's body is complete.
    func complete(_ translation: Translation, from upstream: ClientConnection) {
        guard let answer = translation.answer else { return completeText(translation, upstream) }
        server.body.clear()
        answer.finish(into: &server.body)
        end(translation, answer, from: upstream, isComplete: true)
    }

    /// The provider's body has broken off.
    func interrupt(
        _ translation: Translation, because error: AgentRouteError, from upstream: ClientConnection
    ) {
        let outcome: RequestRecord.Outcome
        switch (error.code, translation.hasHead) {
        case (.upstreamTimeout, _): outcome = .upstreamTimeout
        case (_, true): outcome = .upstreamCut
        case (_, false): outcome = .upstreamFailed
        }
        abandonUpstream()
        server.body.clear()
        let failure = ProviderFailure(error)
        translation.answer?.cut(failure, into: &server.body)
        guard translation.hasHead else { return answer(failure, translation, outcome: outcome) }
        exchange?.record.error = error.code.name
        finishStream(translation, outcome: outcome)
    }

    /// Sends a sign of life if nothing has left for `interval` nanoseconds. See
    /// `GatewayServer.keepWaiting`.
    func keepAlive(after interval: UInt64) {
        guard let translation = exchange?.plan?.translation, let answer = translation.answer,
            EventLoop.nanoseconds() - translation.lastWrite >= interval
        else { return }
        server.body.clear()
        answer.keepAlive(into: &server.body)
        flush(translation)
    }

    // MARK: The end

    /// The answer has ended, as finished or as failed.
    private func end(
        _ translation: Translation, _ answer: NativeAnswer, from upstream: ClientConnection,
        isComplete: Bool = false
    ) {
        self.upstream = nil
        if isComplete {
            upstream.release()
        } else if answer.failure == nil {
            server.drainUpstream(upstream)
        } else {
            upstream.close()
        }
        note(translation, answer)
        if let failure = answer.failure {
            // What came before it in the same read has not left yet.
            guard translation.hasHead || answer.isStarted else {
                return self.answer(failure, translation, outcome: .upstreamFailed)
            }
            exchange?.record.error = failure.recordName
            return finishStream(translation, outcome: .upstreamCut)
        }
        guard translation.request?.streams == false else {
            return finishStream(translation, outcome: .ok)
        }
        guard let body = answer.body else { return }
        var message = Answer(status: 200, body: .json(body))
        message.fields += degradedFields
        write(message, outcome: .ok)
    }

    /// What the record says, and what is learnt of the provider's way of counting.
    private func note(_ translation: Translation, _ answer: NativeAnswer) {
        guard let exchange, let request = translation.request else { return }
        exchange.record.degraded += answer.degradations.map(\.name)
        guard answer.failure == nil, let tokens = answer.usage.input, tokens > 0 else { return }
        server.tokenCounts.learn(
            request.features, tokens: tokens, provider: exchange.record.provider ?? "",
            model: exchange.record.model ?? "")
    }

    /// Sends what is written and ends the client's stream. An error is an event of it: the end of the
    /// body itself is in order.
    private func finishStream(_ translation: Translation, outcome: RequestRecord.Outcome) {
        flush(translation)
        if exchange?.isOldClient == false { connection.writeLastChunk() }
        endAnswer(outcome)
    }

    /// An answer that is none of a model: a count, or an error.
    private func completeText(_ translation: Translation, _ upstream: ClientConnection) {
        self.upstream = nil
        upstream.release()
        guard let plan = exchange?.plan, let request = translation.request else { return }
        if translation.countsAtProvider {
            if translation.status == 200, let count = translation.handler.count(translation.text) {
                return answer(count: count, by: "provider", translation)
            }
            return answerEstimate(of: request, translation)
        }
        var failure = translation.handler.failure(
            status: translation.status, body: translation.text)
        if failure.message.isEmpty {
            failure.message =
                "provider \(plan.target.id) answered with status \(translation.status)"
        }
        // A redirect, or an odd success, is no answer.
        if failure.status < 400 { failure.status = 502 }
        answer(failure, translation, outcome: .ok)
    }

    // MARK: Bytes for the client

    /// Sends what is in `server.body` as a piece of the client's stream, the first with its head.
    private func flush(_ translation: Translation) {
        let count = server.body.count
        guard count > 0, let exchange else { return }
        translation.lastWrite = EventLoop.nanoseconds()
        exchange.record.responseBytes += UInt64(count)
        if translation.hasHead {
            server.head.clear()
        } else {
            writeStreamHead(translation, exchange)
        }
        Self.send(&server.body, behind: &server.head, inChunks: !exchange.isOldClient, connection)
    }

    /// Sends a piece, and what stands before it, in one system call.
    private static func send(
        _ piece: inout ByteWriter, behind head: inout ByteWriter, inChunks: Bool,
        _ connection: ServerConnection
    ) {
        if inChunks {
            head.appendHexadecimal(piece.count)
            head.append("\r\n")
            piece.append("\r\n")
        }
        head.withBytes { head in piece.withBytes { connection.write(head, $0) } }
    }

    private func writeStreamHead(_ translation: Translation, _ exchange: Exchange) {
        server.head.clear()
        translation.hasHead = true
        if exchange.isOldClient { exchange.keepAlive = false }
        let isArray = !translation.call.wantsEvents
        writeHead(
            200, contentType: isArray ? "application/json" : "text/event-stream; charset=utf-8",
            keepAlive: keepsConnection, length: nil)
        server.head.append("cache-control: no-cache\r\n")
        for (name, value) in degradedFields { server.head.appendField(name, value) }
        server.head.append("\r\n")
    }

    /// Says what could not be expressed.
    private var degradedFields: [(name: StaticString, value: String)] {
        guard let names = exchange?.record.degraded, !names.isEmpty else { return [] }
        return [(DegradedField.name, DegradedField.value(names))]
    }
}

/// The field that lists what could not be expressed.
enum DegradedField {
    static let name: StaticString = "x-agentroute-degraded"

    /// The names as a list (RFC 9110 section 5.6.1). Some hold members of a client's body.
    static func value(_ names: [String]) -> String {
        let plain = names.map { name in
            let letters = name.utf8.filter { $0 > 0x20 && $0 < 0x7F && $0 != 0x2C }.prefix(64)
            return String(decoding: letters, as: UTF8.self)
        }
        return plain.joined(separator: ", ")
    }
}

/// The fields of a provider's error that say when to come back (RFC 9110 section 10.2.3, and what the
/// vendors' SDKs read besides).
private enum RetryFields {
    static func of(_ head: MessageHead) -> [(name: StaticString, value: String)] {
        names.compactMap { name in head.text(of: name).map { (name, $0) } }
    }

    private static let names: [StaticString] = ["retry-after", "retry-after-ms", "x-should-retry"]
}

extension ByteWriter {
    /// Appends a field line of a head.
    mutating func appendField(_ name: StaticString, _ value: String) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// Appends the size of a chunk (RFC 9112 section 7.1).
    fileprivate mutating func appendHexadecimal(_ number: Int) {
        var shift = max(0, (Int.bitWidth - number.leadingZeroBitCount - 1) / 4 * 4)
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: number >> shift & 0xF)
            append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            shift -= 4
        }
    }
}
