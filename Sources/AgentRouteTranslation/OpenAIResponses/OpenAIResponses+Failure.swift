package import AgentRouteWire

extension OpenAIResponsesCodec {
    /// Reads the body of a provider's answer with an error status, or of a 200 that is an error.
    package func decodeFailure(status: Int, body: JSONValue?, text: String) -> ProviderFailure {
        ResponsesFailure.read(status: status, body: body, text: text)
    }

    /// `{"error": {"message", "type", "param", "code"}}`. The request's name goes in a header only.
    package func encodeFailure(_ failure: ProviderFailure, requestID: String) -> JSONValue {
        [
            "error": [
                "message": .string(failure.openAIMessage),
                "type": .string(ResponsesFailure.type(of: failure)),
                "param": failure.param.map { .string($0) } ?? .null,
                "code": ResponsesFailure.code(of: failure).map { .string($0) } ?? .null,
            ]
        ]
    }
}

/// Failures in the words of this wire.
///
/// Source: OpenAI's "Error codes"; OpenRouter's "Errors and debugging"; what Codex makes of them is
/// told in `clients/NOTES.md`.
enum ResponsesFailure {
    // MARK: To the client

    /// `type`
    static func type(of failure: ProviderFailure) -> String {
        switch failure.kind {
        case .authentication: "authentication_error"
        case .permission: "permission_error"
        case .billing, .quota: "insufficient_quota"
        case .rateLimit: "rate_limit_error"
        case .overloaded, .timeout, .server: "server_error"
        case .invalidRequest, .notFound, .tooLarge, .contextOverflow, .contentPolicy:
            "invalid_request_error"
        }
    }

    /// `code`; the provider's own where the kind has none.
    static func code(of failure: ProviderFailure) -> String? {
        switch failure.kind {
        case .authentication: "invalid_api_key"
        case .billing, .quota: "insufficient_quota"
        case .rateLimit: "rate_limit_exceeded"
        case .contextOverflow: "context_length_exceeded"
        case .contentPolicy: "content_policy_violation"
        case .notFound: "model_not_found"
        case .tooLarge: "request_too_large"
        case .overloaded, .timeout, .server: "server_error"
        case .invalidRequest, .permission: failure.code
        }
    }

    /// The code of `response.failed`: it decides whether Codex waits, tries again or gives up.
    static func streamCode(of failure: ProviderFailure) -> String {
        switch failure.kind {
        case .rateLimit: "rate_limit_exceeded"
        case .contextOverflow: "context_length_exceeded"
        case .billing, .quota: "insufficient_quota"
        // The same request would fail again, and this is what ends the turn.
        case .invalidRequest, .authentication, .permission, .notFound, .tooLarge, .contentPolicy:
            "invalid_prompt"
        case .overloaded, .timeout, .server: "server_error"
        }
    }

    // MARK: From the provider

    /// The failure that an answer of `status` tells of.
    static func read(status: Int, body: JSONValue?, text: String) -> ProviderFailure {
        // Google's wires put it in an array.
        let body = body?.array?.first ?? body
        let error = body?["error"] ?? body?["response"]?["error"] ?? body
        let message = message(error) ?? message(body) ?? Self.plain(text, status)
        return failure(error, message: message, status: status)
    }

    /// The failure that an `error` object, or an error event, in a stream tells of.
    static func read(_ error: JSONValue?) -> ProviderFailure {
        let error = error?["error"] ?? error
        let message = message(error) ?? "the provider reported a failure without a message"
        return failure(error, message: message, status: 200)
    }

    private static func failure(
        _ error: JSONValue?, message: String, status: Int
    ) -> ProviderFailure {
        let code = error?["code"]
        // OpenRouter's code is the status of the provider behind it.
        let told =
            (200..<300).contains(status) ? code?.int.flatMap { 400..<600 ~= $0 ? $0 : nil } : status
        let words = [code?.string, error?["type"]?.string, error?["status"]?.string]
        let kind = kind(words.compactMap(\.self), message, status: told)
        var failure = ProviderFailure(kind, status: told ?? Self.status(of: kind), message: message)
        // Some servers call an overflow their own failure, and clients would try it again.
        if case .contextOverflow = kind, told != 413 { failure.status = 400 }
        failure.type = error?["type"]?.string ?? error?["status"]?.string
        failure.code = code?.string ?? code?.int.map { String($0) }
        failure.param = error?["param"]?.string
        return failure
    }

    /// The provider's own words, those of a provider behind it included.
    private static func message(_ error: JSONValue?) -> String? {
        guard let error else { return nil }
        var message = error.string
        for key in ["message", "detail", "error_description", "title"] where message == nil {
            message = error[key]?.string ?? error[key]?.array?.first?["msg"]?.string
        }
        guard let message, !message.isEmpty else { return nil }
        let metadata = error["metadata"]
        guard let raw = metadata?["raw"].flatMap(inner), !message.contains(raw) else {
            return message
        }
        guard let name = metadata?["provider_name"]?.string else { return "\(message): \(raw)" }
        return "\(message) (\(name)): \(raw)"
    }

    /// What the provider behind said: its message, if it is JSON that has one.
    private static func inner(_ raw: JSONValue) -> String? {
        guard let text = raw.string else { return message(raw["error"] ?? raw) }
        guard !text.isEmpty else { return nil }
        guard let body = try? JSONValue.parse(Array(text.utf8)) else { return text }
        return message(body["error"] ?? body) ?? text
    }

    /// An answer that is no JSON: its text, or the title of the page.
    private static func plain(_ text: String, _ status: Int) -> String {
        guard ForeignBody.isPage(text) else {
            let text = text.drop(while: \.isWhitespace)
            return text.isEmpty ? "the provider answered HTTP \(status)" : String(text.prefix(2000))
        }
        let title = ForeignBody.title(of: text).map { ": \($0)" } ?? ""
        return "the provider answered HTTP \(status) with a page\(title)"
    }

    private static func kind(
        _ words: [String], _ message: String, status: Int?
    ) -> ProviderFailure.Kind {
        if let overflow = ContextOverflow.read(message) { return overflow }
        // Groq calls a request that no waiting makes smaller a matter of rate.
        if status == 413 { return .tooLarge }
        for word in words { if let kind = kind(word) { return kind } }
        switch status {
        case 401: return .authentication
        case 402: return .billing
        case 403: return .permission
        case 404: return .notFound
        // The last two are Cloudflare's.
        case 408, 504, 522, 524: return .timeout
        case 429: return .rateLimit
        case 503, 529: return .overloaded
        case .some(400..<500): return .invalidRequest
        case nil where words.contains("invalid_request_error"): return .invalidRequest
        default: return .server
        }
    }

    private static func kind(_ word: String) -> ProviderFailure.Kind? {
        switch word.lowercased() {
        case "context_length_exceeded": .contextOverflow(tokens: nil, limit: nil)
        case "insufficient_quota", "usage_limit_reached", "usage_not_included": .quota
        case "billing_error", "billing_hard_limit_reached", "insufficient_credits": .billing
        case "rate_limit_exceeded", "rate_limit_error", "resource_exhausted": .rateLimit
        case "invalid_api_key", "authentication_error", "unauthenticated": .authentication
        case "permission_error", "permission_denied": .permission
        case "model_not_found", "not_found_error", "not_found": .notFound
        case "request_too_large": .tooLarge
        case "content_policy_violation", "content_filter", "invalid_prompt", "bio_policy",
            "misalignment_policy_violation", "image_content_policy_violation":
            .contentPolicy
        case "server_is_overloaded", "overloaded_error", "slow_down", "unavailable": .overloaded
        case "timeout", "timeout_error", "deadline_exceeded": .timeout
        case "server_error", "api_error", "internal_error", "internal": .server
        default: nil
        }
    }

    /// The status of a failure that came in an answer of status 200.
    private static func status(of kind: ProviderFailure.Kind) -> Int {
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
}
