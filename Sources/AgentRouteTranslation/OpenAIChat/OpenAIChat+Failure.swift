package import AgentRouteWire

extension OpenAIChatCodec {
    /// Reads the body of a provider's answer that is an error.
    package func decodeFailure(status: Int, body: JSONValue?, text: String) -> ProviderFailure {
        OpenAIChatFailure.read(status: status, body: body, text: text)
    }

    /// The JSON body that tells a client of `failure`. The wire has no place for a request's name.
    package func encodeFailure(_ failure: ProviderFailure, requestID: String) -> JSONValue {
        OpenAIChatFailure.envelope(failure)
    }
}

/// The errors of chat providers.
///
/// Sources: OpenAI "Error codes", OpenRouter "Errors", and what compatible servers give instead.
enum OpenAIChatFailure {
    // MARK: Reading

    /// The failure a provider tells of.
    ///
    /// - Parameters:
    ///   - status: The HTTP status; nil, or one of success, where the error came inside an answer.
    ///   - body: The body or chunk; nil if it is no JSON.
    ///   - text: The body as text.
    static func read(status: Int?, body: JSONValue?, text: String = "") -> ProviderFailure {
        // Google wraps it in an array.
        let body = body?.array?.first ?? body
        let error = body?["error"] ?? body?["errors"]?.array?.first ?? body ?? .null
        let code = error["code"] ?? .null
        var words = Words()
        words.type = error["type"]?.string
        words.code = code.string ?? error["status"]?.string
        words.message = message(error, body) ?? plain(text)
        let number = code.int ?? code.string.flatMap { Int($0) } ?? error["status"]?.int
        let given = [status, number].compactMap { $0 }.first { (400...599).contains($0) }
        let metadata = error["metadata"]
        words.isModerated = metadata?["flagged_input"] != nil || metadata?["reasons"] != nil
        let kind = kind(words, status: given)
        let message = words.message ?? "the provider failed with status \(given ?? 502) and no word"
        var failure = ProviderFailure(kind, status: given ?? self.status(kind), message: message)
        // Some servers call an overflow their own failure, and clients would try it again.
        if case .contextOverflow = kind, given != 413 { failure.status = 400 }
        failure.type = words.type
        failure.code = words.code
        failure.param = error["param"]?.string
        return failure
    }

    /// What tells one kind from another.
    private struct Words {
        var type: String?
        var code: String?
        var message: String?
        var isModerated = false
    }

    /// The provider's own words. OpenRouter's are followed by those of the provider behind it,
    /// which alone say what is wrong.
    private static func message(_ error: JSONValue, _ body: JSONValue?) -> String? {
        let said = error["message"] ?? error["detail"] ?? body?["message"] ?? body?["detail"]
        let own = error.string ?? said.flatMap(phrase)
        guard let raw = error["metadata"]?["raw"].flatMap(rawPhrase), !raw.isEmpty, raw != own
        else { return own }
        return own.map { "\($0): \(raw)" } ?? raw
    }

    /// A message that is a string, or a list of faults as FastAPI gives it, or an object.
    private static func phrase(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): return text.isEmpty ? nil : text
        case .array(let faults):
            let phrases = faults.compactMap {
                $0.string ?? $0["msg"]?.string ?? $0["message"]?.string
            }
            return phrases.isEmpty ? nil : phrases.joined(separator: "; ")
        case .object: return (value["message"] ?? value["error"]).flatMap(phrase)
        case .null, .bool, .number: return nil
        }
    }

    /// The message in an error of the provider behind OpenRouter, which comes as text or as JSON.
    private static func rawPhrase(_ raw: JSONValue) -> String? {
        guard let text = raw.string else { return phrase(raw) }
        guard let inner = try? JSONValue.parse(Array(text.utf8)), inner.object != nil else {
            return text
        }
        return message(inner["error"] ?? inner, inner) ?? text
    }

    /// Text that is no JSON: a page's title, or the beginning.
    private static func plain(_ text: String) -> String? {
        let body = text.drop { $0.isWhitespace }
        if body.isEmpty { return nil }
        return ForeignBody.isPage(text) ? ForeignBody.title(of: text) : String(body.prefix(2000))
    }

    // MARK: Kinds

    private static func kind(_ words: Words, status: Int?) -> ProviderFailure.Kind {
        if let message = words.message, let overflow = ContextOverflow.read(message) {
            return overflow
        }
        if words.isModerated { return .contentPolicy }
        // Groq calls a request that no waiting makes smaller a matter of rate.
        if status == 413 { return .tooLarge }
        let named = named(words.code) ?? named(words.type)
        return named ?? status.flatMap(kind(of:)) ?? (isRequest(words) ? .invalidRequest : .server)
    }

    private static func isRequest(_ words: Words) -> Bool {
        words.type == "invalid_request_error" || words.code == "invalid_request_error"
    }

    /// The kind that a code or a type stands for whatever the status; nil if it leaves that open.
    private static func named(_ word: String?) -> ProviderFailure.Kind? {
        switch word {
        case "context_length_exceeded"?: .contextOverflow(tokens: nil, limit: nil)
        case "insufficient_quota"?: .quota
        case "billing_error"?, "insufficient_credits"?, "billing_hard_limit_reached"?: .billing
        case "invalid_api_key"?, "authentication_error"?: .authentication
        case "permission_error"?, "permission_denied"?: .permission
        case "rate_limit_exceeded"?, "rate_limit_error"?, "RESOURCE_EXHAUSTED"?: .rateLimit
        case "model_not_found"?, "not_found_error"?: .notFound
        case "content_policy_violation"?, "content_filter"?: .contentPolicy
        case "overloaded_error"?, "server_overloaded"?, "server_is_overloaded"?, "UNAVAILABLE"?:
            .overloaded
        case "timeout"?, "timeout_error"?: .timeout
        case "request_too_large"?: .tooLarge
        default: nil
        }
    }

    private static func kind(of status: Int) -> ProviderFailure.Kind {
        switch status {
        case 401: .authentication
        case 402: .billing
        case 403: .permission
        case 404: .notFound
        // The last two are Cloudflare's.
        case 408, 504, 522, 524: .timeout
        case 413: .tooLarge
        case 429: .rateLimit
        case 503, 529: .overloaded
        case 500...: .server
        default: .invalidRequest
        }
    }

    /// The status of a failure that came without one.
    private static func status(_ kind: ProviderFailure.Kind) -> Int {
        switch kind {
        case .invalidRequest, .contextOverflow, .contentPolicy: 400
        case .authentication: 401
        case .billing: 402
        case .permission: 403
        case .notFound: 404
        case .tooLarge: 413
        case .rateLimit, .quota: 429
        case .overloaded: 503
        case .timeout: 504
        case .server: 502
        }
    }

    // MARK: Writing

    /// `failure` in OpenAI's envelope.
    static func envelope(_ failure: ProviderFailure) -> JSONValue {
        let (type, code) = words(failure)
        return [
            "error": [
                "message": .string(failure.openAIMessage), "type": .string(type),
                "param": failure.param.map { .string($0) } ?? .null,
                "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    private static func words(_ failure: ProviderFailure) -> (type: String, code: String?) {
        switch failure.kind {
        case .invalidRequest: ("invalid_request_error", failure.code)
        case .authentication: ("authentication_error", "invalid_api_key")
        case .billing, .quota: ("insufficient_quota", "insufficient_quota")
        case .permission: ("permission_error", failure.code)
        case .notFound: ("not_found_error", failure.code ?? "model_not_found")
        case .tooLarge: ("invalid_request_error", "request_too_large")
        case .contextOverflow: ("invalid_request_error", "context_length_exceeded")
        case .rateLimit: ("rate_limit_error", "rate_limit_exceeded")
        case .contentPolicy: ("invalid_request_error", "content_policy_violation")
        case .overloaded: ("server_error", "server_overloaded")
        case .timeout: ("server_error", "timeout")
        case .server: ("server_error", failure.code)
        }
    }
}
