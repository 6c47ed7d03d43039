import AgentRouteIO
import AgentRouteTranslation
import AgentRouteWire

/// What an exchange between two wires has besides: the request as the provider gets it, and the answer
/// on its way. Loop thread only.
final class Translation {
    let handler: NativeHandler
    let call: RequestCall
    /// A loss is an error.
    let isStrict: Bool
    /// Tokens are counted here, whether or not the provider has a counter.
    var countsHere = false
    /// The request, once it is translated.
    var request: TranslatedRequest?
    /// The answer, once its head has come with a status of success.
    var answer: NativeAnswer?
    /// The provider's status; 0 before its head.
    var status = 0
    /// The provider's fields that tell the client when to come back.
    var retryFields: [(name: StaticString, value: String)] = []
    /// The body of what is no answer of a model: an error, a count.
    var text: [UInt8] = []
    /// The head of the client's stream is sent.
    var hasHead = false
    /// When bytes last left for the client, on the monotonic clock.
    var lastWrite: UInt64 = 0

    /// The most that is read of a provider's error.
    static let maximumTextByteCount = 1 << 20

    init(handler: NativeHandler, call: RequestCall, isStrict: Bool) {
        self.handler = handler
        self.call = call
        self.isStrict = isStrict
    }

    /// Whether the provider's own counter has been asked.
    var countsAtProvider: Bool { !countsHere && request?.countsAtProvider ?? false }
}

extension ProviderFailure {
    /// The failure of a request that cannot be understood.
    init(_ fault: RequestFault) {
        self.init(.invalidRequest, status: 400, message: fault.message)
        param = fault.path.isEmpty ? nil : fault.path
    }

    /// What the gateway itself found wrong with the provider, or the way to it.
    init(_ error: AgentRouteError) {
        let kind: Kind =
            switch error.code {
            case .upstreamTimeout: .timeout
            case .providerKeyMissing: .authentication
            default: .server
            }
        self.init(kind, status: error.code.status, message: error.message)
        code = error.code.name
    }

    /// The name in records.
    var recordName: String {
        switch kind {
        case .invalidRequest: "invalid_request"
        case .authentication: "upstream_authentication"
        case .billing: "upstream_billing"
        case .permission: "upstream_permission"
        case .notFound: "upstream_not_found"
        case .tooLarge: "upstream_too_large"
        case .contextOverflow: "context_overflow"
        case .rateLimit: "upstream_rate_limit"
        case .quota: "upstream_quota"
        case .contentPolicy: "upstream_content_policy"
        case .overloaded: "upstream_overloaded"
        case .timeout: "upstream_timeout"
        case .server: status == 502 ? "upstream_malformed" : "upstream_error"
        }
    }
}

extension TokenUsage {
    /// The counts of a translated answer, in the meaning records have.
    init(_ usage: Usage) {
        self.init(
            input: usage.input.map { _ in UInt64(usage.uncachedInput) },
            output: usage.output.map { UInt64(max(0, $0)) },
            cacheRead: usage.cacheRead.map { UInt64(max(0, $0)) },
            cacheWrite: usage.cacheWrite.map { UInt64(max(0, $0)) },
            reasoning: usage.reasoning.map { UInt64(max(0, $0)) })
    }
}
