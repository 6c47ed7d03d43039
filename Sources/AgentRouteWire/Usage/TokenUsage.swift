/// The tokens an exchange cost, as the provider reported them: the same meaning on every wire.
/// A count is nil where the provider was silent.
public struct TokenUsage: Hashable, Sendable {
    /// Tokens of the prompt that were read at full price: those of the cache are not among them.
    public var input: UInt64?
    /// Tokens the model wrote, its reasoning included.
    public var output: UInt64?
    /// Tokens of the prompt that came from the provider's cache.
    public var cacheRead: UInt64?
    /// Tokens of the prompt that were written to the provider's cache.
    public var cacheWrite: UInt64?
    /// The part of ``output`` that was reasoning.
    public var reasoning: UInt64?

    /// A usage of the counts given.
    public init(
        input: UInt64? = nil, output: UInt64? = nil, cacheRead: UInt64? = nil,
        cacheWrite: UInt64? = nil, reasoning: UInt64? = nil
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.reasoning = reasoning
    }
}
