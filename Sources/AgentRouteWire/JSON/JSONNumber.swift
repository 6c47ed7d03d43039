/// A JSON number by its exact text: no digit is lost between reading and writing.
package struct JSONNumber: Hashable, Sendable {
    /// The number as written.
    package let text: String

    /// A number that is known to be written in JSON's grammar.
    init(grammatical text: String) {
        self.text = text
    }

    /// The number `value`.
    package init(_ value: some BinaryInteger) {
        text = String(value)
    }

    /// The shortest text that reads back as `value`; nil for infinities and NaN, which JSON lacks.
    package init?(_ value: Double) {
        guard value.isFinite else { return nil }
        text = value.description
    }

    /// The value as an integer: also of `1e3` and `2.0`; nil for fractions and what does not fit.
    package var int: Int? {
        if let value = Int(text) { return value }
        return double.flatMap { abs($0) <= 0x1p53 ? Int(exactly: $0) : nil }
    }

    /// The nearest double; nil if the number is too large for one.
    package var double: Double? {
        Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}
