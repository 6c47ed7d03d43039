/// A tier of models that a tool asks for.
public enum Role: String, Sendable, CaseIterable {
    /// The strongest model.
    case heavy
    /// The model for everyday work.
    case balanced
    /// The quickest model.
    case fast
}
