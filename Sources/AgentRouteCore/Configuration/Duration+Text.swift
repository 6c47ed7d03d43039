extension Duration {
    /// Reads a duration as the configuration writes it: one to nine digits and a unit, `ms`, `s`,
    /// `m` or `h`, as in `500ms` or `10s`.
    init(configurationText text: String) throws(InvalidValue) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit = text.dropFirst(digits.count)
        let milliseconds: Int64? =
            switch unit {
            case "ms": 1
            case "s": 1_000
            case "m": 60_000
            case "h": 3_600_000
            default: nil
            }
        guard digits.utf8.count <= 9, let count = Int64(digits), let milliseconds else {
            throw InvalidValue(
                "expected a whole number and a unit (ms, s, m or h), such as \"10s\"")
        }
        self = .milliseconds(count * milliseconds)
    }
}
