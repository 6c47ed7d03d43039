/// The words of `service_tier` in an answer.
enum OpenAITier {
    private static let own: Set<String> = [
        "default", "fast", "flex", "priority", "scale", "ultrafast",
    ]

    /// OpenAI's word for what a provider of any family calls `word`; nil where it has none.
    static func answer(_ word: String?) -> String? {
        guard let word else { return nil }
        return own.contains(word) ? word : ServiceTier(word).answer(to: .openAI)
    }
}

/// The names of users in `user` and `safety_identifier`.
enum OpenAIUser {
    /// `id` in at most the 64 characters that OpenAI takes, the same for the same user: what identifies
    /// one need not be legible.
    static func name(_ id: String) -> String {
        id.utf8.count <= 64 ? id : "user_\(StableHash.text(id))"
    }
}
