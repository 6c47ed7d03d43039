/// A place of the user's session that keeps keys, one for each provider.
package protocol Keyring: Sendable {
    /// The key of `provider`; nil if the keyring has none. Throws when it cannot be asked.
    func read(_ provider: String) async throws(KeyError) -> Secret?

    /// Keeps `key` for `provider`, in place of the one it had.
    func write(_ key: Secret, for provider: String) async throws(KeyError)

    /// Removes the key of `provider`. Returns whether there was one.
    func remove(_ provider: String) async throws(KeyError) -> Bool
}
