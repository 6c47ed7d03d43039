/// Where a provider's key comes from. The raw value is the name commands print.
package enum KeySource: String, Sendable, CaseIterable {
    /// An environment variable.
    case environment = "env"
    /// The Secret Service of the desktop (specifications.freedesktop.org/secret-service-spec).
    case keyring
    /// A file: one of the key store, one the configuration names, or the configuration itself.
    case file
    /// Nowhere.
    case none
}

/// What a look for a provider's key came to.
package struct KeyAnswer: Sendable, Equatable {
    /// The key, or why there is none.
    package let state: KeyState
    /// Where it was found.
    package let source: KeySource

    /// Whether there is a key, or none is needed.
    package var isConfigured: Bool {
        if case .missing = state { false } else { true }
    }
}
