package import AgentRouteWire

extension GeminiCodec {
    /// Reads Google's `google.rpc.Status`, and the shapes proxies before it answer with.
    package func decodeFailure(
        status: Int, body: JSONValue?, text: String
    ) -> ProviderFailure {
        GeminiFailure.read(status: status, body: body, text: text)
    }

    /// Google's `google.rpc.Status`.
    package func encodeFailure(_ failure: ProviderFailure, requestID: String) -> JSONValue {
        GeminiFailure.body(failure)
    }
}

/// Failures in Google's words.
enum GeminiFailure {
    static func body(_ failure: ProviderFailure) -> JSONValue {
        [
            "error": [
                "code": .number(JSONNumber(failure.status)), "message": .string(failure.message),
                "status": .string(word(failure)),
            ]
        ]
    }

    private static func word(_ failure: ProviderFailure) -> String {
        switch failure.kind {
        case .invalidRequest, .tooLarge, .contextOverflow, .contentPolicy: "INVALID_ARGUMENT"
        case .authentication: "UNAUTHENTICATED"
        case .billing: "FAILED_PRECONDITION"
        case .permission: "PERMISSION_DENIED"
        case .notFound: "NOT_FOUND"
        case .rateLimit, .quota: "RESOURCE_EXHAUSTED"
        case .overloaded: "UNAVAILABLE"
        case .timeout: "DEADLINE_EXCEEDED"
        case .server: word(status: failure.status)
        }
    }

    /// The word Google has for a status that says more than the kind.
    private static func word(status: Int) -> String {
        switch status {
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404: "NOT_FOUND"
        case 409: "ABORTED"
        case 429: "RESOURCE_EXHAUSTED"
        case 400..<500: "INVALID_ARGUMENT"
        case 501: "UNIMPLEMENTED"
        case 502, 503, 529: "UNAVAILABLE"
        case 504: "DEADLINE_EXCEEDED"
        default: "INTERNAL"
        }
    }

    // MARK: Reading

    static func read(status: Int, body: JSONValue?, text: String) -> ProviderFailure {
        // Streams that are no event streams put the error into an array.
        let root = body?.array?.first ?? body
        let error = root?["error"]
        let code = error?["code"]?.int
        var httpStatus = status
        // An error in an answer that began well.
        if status < 400 { httpStatus = code.flatMap { (400...599).contains($0) ? $0 : nil } ?? 502 }
        let message = words(root, error) ?? plain(text) ?? "the provider answered \(httpStatus)"
        let type = error?["status"]?.string ?? error?["type"]?.string
        let details = error?["details"].map { String(decoding: $0.serialized(), as: UTF8.self) }
        let facts = Facts(
            status: httpStatus, word: type ?? "", message: message.lowercased(),
            details: details ?? "")
        var failure = ProviderFailure(
            ContextOverflow.read(message) ?? kind(facts), status: httpStatus, message: message)
        failure.type = type
        // A number is but the status again.
        failure.code = error?["code"]?.string
        failure.retryAfter = retryAfter(error?["details"])
        return failure
    }

    /// The `retryDelay` of a `google.rpc.RetryInfo`, `45.8s` say: Google sends no `Retry-After`.
    private static func retryAfter(_ details: JSONValue?) -> Int? {
        for detail in details?.array ?? [] {
            guard let delay = detail["retryDelay"]?.string, delay.hasSuffix("s"),
                let seconds = Double(delay.dropLast()), seconds >= 0, seconds < 1e9
            else { continue }
            return Int(seconds.rounded(.up))
        }
        return nil
    }

    private static func words(_ root: JSONValue?, _ error: JSONValue?) -> String? {
        let places = [
            error?["metadata"]?["raw"], error?["message"], error, root?["message"],
            root?["detail"], root,
        ]
        return places.lazy.compactMap { $0?.string }.first { !$0.isEmpty }
    }

    /// A text that is no JSON; of a page, its title.
    private static func plain(_ text: String) -> String? {
        if ForeignBody.isPage(text), let title = ForeignBody.title(of: text) { return title }
        let kept = text.prefix(1000).drop { $0.isWhitespace }
        return kept.isEmpty ? nil : String(kept)
    }

    private struct Facts {
        let status: Int
        let word: String
        /// In small letters.
        let message: String
        let details: String
    }

    private static func kind(_ facts: Facts) -> ProviderFailure.Kind {
        if facts.details.contains("API_KEY_INVALID") || facts.message.contains("api key not valid")
        {
            return .authentication
        }
        if let kind = kind(word: facts.word, facts) { return kind }
        switch facts.status {
        case 401: return .authentication
        case 402: return .billing
        case 403: return .permission
        case 404: return .notFound
        case 408, 504: return .timeout
        case 413: return .tooLarge
        case 429: return isUsedUp(facts) ? .quota : .rateLimit
        case 503, 529: return .overloaded
        case 400..<500: return .invalidRequest
        default: return .server
        }
    }

    private static func kind(word: String, _ facts: Facts) -> ProviderFailure.Kind? {
        switch word {
        case "UNAUTHENTICATED": .authentication
        case "PERMISSION_DENIED": .permission
        case "NOT_FOUND": .notFound
        case "RESOURCE_EXHAUSTED": isUsedUp(facts) ? .quota : .rateLimit
        case "UNAVAILABLE": .overloaded
        case "DEADLINE_EXCEEDED": .timeout
        case "FAILED_PRECONDITION": facts.message.contains("billing") ? .billing : .invalidRequest
        case "INVALID_ARGUMENT", "OUT_OF_RANGE": .invalidRequest
        case "INTERNAL", "UNKNOWN", "CANCELLED", "ABORTED", "DATA_LOSS": .server
        default: nil
        }
    }

    /// Google calls both its limits a quota. Those of a day are not worth waiting for.
    private static func isUsedUp(_ facts: Facts) -> Bool {
        facts.details.contains("PerDay") || facts.message.contains("insufficient_quota")
    }
}
