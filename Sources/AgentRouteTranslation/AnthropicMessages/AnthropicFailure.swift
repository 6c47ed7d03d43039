import AgentRouteWire

/// Failures: as providers of this wire tell of them, and as its clients are told.
enum AnthropicFailure {
    // MARK: Reading

    /// The failure in the body of an answer, or in an error event.
    ///
    /// - Parameters:
    ///   - status: The HTTP status; 200 where the failure came in the place of an answer.
    ///   - body: The body; nil if it is no JSON.
    ///   - text: The body as text.
    static func read(status: Int, body: JSONValue?, text: String) -> ProviderFailure {
        let error = body?["error"]
        let type = error?["type"]?.string ?? body?["type"]?.string
        let code = error?["code"] ?? body?["code"]
        let message = message(body, error) ?? plain(text, status: status)
        let told = isFailure(status) ? status : code?.int ?? statuses[type ?? ""] ?? status
        var failure = ProviderFailure(.server, status: told, message: message)
        failure.type = type == "error" ? nil : type
        failure.code = code?.string ?? code?.int.map(String.init)
        failure.param = error?["param"]?.string
        failure.kind = kind(failure)
        if !isFailure(failure.status) { failure.status = 502 }
        return failure
    }

    private static func isFailure(_ status: Int) -> Bool {
        (400...599).contains(status)
    }

    /// The provider's words, wherever it puts them.
    private static func message(_ body: JSONValue?, _ error: JSONValue?) -> String? {
        let first = body?["detail"]?.array?.first
        let candidates = [
            error?["message"], error, body?["message"], body?["detail"]?["message"],
            body?["detail"], first?["msg"], body?.string.map(JSONValue.string),
        ]
        let message = candidates.lazy.compactMap { $0?.string }.first { !$0.isBlank }
        // A router's own words are of little use where it passes on those of the maker.
        guard let raw = error?["metadata"]?["raw"] else { return message }
        let inner = raw.string.flatMap { try? JSONValue.parse(Array($0.utf8)) } ?? raw
        let words = inner["error"]?["message"]?.string ?? inner["message"]?.string ?? inner.string
        guard let words, !words.isBlank, words != message else { return message }
        let maker = error?["metadata"]?["provider_name"]?.string
        return "\(message ?? "the provider failed") (\(maker.map { "\($0): " } ?? "")\(words))"
    }

    /// Words for a body that is no JSON: itself, or the title of a page.
    private static func plain(_ text: String, status: Int) -> String {
        let words = ForeignBody.isPage(text) ? ForeignBody.title(of: text) ?? "" : text
        if words.isBlank {
            return "the provider answered with status \(status) and no word about it"
        }
        return String(words.prefix(1000))
    }

    private static let kinds: [String: ProviderFailure.Kind] = [
        "invalid_request_error": .invalidRequest, "authentication_error": .authentication,
        "billing_error": .billing, "permission_error": .permission,
        "not_found_error": .notFound, "request_too_large": .tooLarge,
        "rate_limit_error": .rateLimit, "timeout_error": .timeout,
        "overloaded_error": .overloaded, "api_error": .server,
        "insufficient_quota": .quota, "content_filter": .contentPolicy,
        "content_policy_violation": .contentPolicy, "rate_limit_exceeded": .rateLimit,
        "invalid_api_key": .authentication, "model_not_found": .notFound,
    ]
    /// The statuses that go with the types, for errors in the middle of a stream.
    private static let statuses: [String: Int] = [
        "invalid_request_error": 400, "authentication_error": 401, "billing_error": 402,
        "permission_error": 403, "not_found_error": 404, "request_too_large": 413,
        "rate_limit_error": 429, "api_error": 500, "timeout_error": 504, "overloaded_error": 529,
    ]

    private static func kind(_ failure: ProviderFailure) -> ProviderFailure.Kind {
        let isAboutRequest = [400, 413, 422].contains(failure.status) || failure.status < 400
        if isAboutRequest || failure.code == "context_length_exceeded" {
            if let overflow = ContextOverflow.read(failure.message) { return overflow }
        }
        if failure.code == "context_length_exceeded" {
            return .contextOverflow(tokens: nil, limit: nil)
        }
        if failure.message.contains("credit balance is too low") { return .billing }
        let words = [failure.code, failure.type].compactMap { $0.flatMap { kinds[$0] } }
        return words.first ?? kind(status: failure.status)
    }

    private static func kind(status: Int) -> ProviderFailure.Kind {
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
        case 400...499: .invalidRequest
        default: .server
        }
    }

    // MARK: Writing

    /// The body, and the data of an error event.
    static func write(_ failure: ProviderFailure, requestID: String) -> JSONValue {
        [
            "type": "error",
            "error": ["type": type(failure), "message": .string(message(failure))],
            "request_id": .string(requestID),
        ]
    }

    private static func type(_ failure: ProviderFailure) -> JSONValue {
        switch failure.kind {
        case .contentPolicy where failure.status == 403: "permission_error"
        case .invalidRequest, .contextOverflow, .contentPolicy: "invalid_request_error"
        case .authentication: "authentication_error"
        case .billing, .quota: "billing_error"
        case .permission: "permission_error"
        case .notFound: "not_found_error"
        case .tooLarge: "request_too_large"
        case .rateLimit: "rate_limit_error"
        case .timeout: "timeout_error"
        case .overloaded: "overloaded_error"
        case .server: "api_error"
        }
    }

    /// The provider's words; of an overflow in those that make a client shorten its prompt.
    private static func message(_ failure: ProviderFailure) -> String {
        guard case .contextOverflow = failure.kind else { return failure.message }
        // The client asks for less of an answer then; its prompt is in order.
        if let sum = ContextOverflow.sum(failure.message), sum.prompt < sum.limit {
            return "input length and `max_tokens` exceed context limit: \(sum.prompt) + "
                + "\(sum.answer) > \(sum.limit), decrease input length or `max_tokens` and try again"
        }
        if let exact = failure.promptIsTooLong { return exact }
        let sign = "prompt is too long"
        let isSaid = failure.message.lowercased().hasPrefix(sign)
        return isSaid ? failure.message : "\(sign): \(failure.message)"
    }
}
