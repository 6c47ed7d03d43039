package import AgentRouteWire

/// The provider's side of one exchange, as translators see it: what it speaks, and how.
package struct Upstream: Hashable, Sendable {
    /// The provider's id in the configuration.
    package let id: String
    /// The wire the provider is spoken to in.
    package let wire: Wire
    /// The provider's own name of the model.
    package let model: String
    /// The habits of its wire.
    package let dialect: Dialect

    /// The side of an exchange with `model` of provider `id`.
    package init(id: String, wire: Wire, model: String, dialect: Dialect = .plain) {
        self.id = id
        self.wire = wire
        self.model = model
        self.dialect = dialect
    }
}
