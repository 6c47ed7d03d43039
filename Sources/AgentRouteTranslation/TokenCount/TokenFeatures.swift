/// What is counted of a conversation, before it is known which model is to read it: a short vector.
///
/// Linear in the conversation: the features of a longer one are those of its parts, added up.
package struct TokenFeatures: Hashable, Sendable {
    /// One value for each ``TokenFeature``, by its raw value.
    private(set) var values: [Double]

    /// The features of nothing.
    init() {
        values = Array(repeating: 0, count: TokenFeature.allCases.count)
    }

    /// The features of `conversation`. One pass over its text, about 1.5 ns a byte (release), so a
    /// body of megabytes belongs off the loop.
    package init(_ conversation: Conversation) {
        var tally = ConversationTally()
        tally.add(conversation)
        self = tally.features
    }

    subscript(feature: TokenFeature) -> Double {
        get { values[feature.rawValue] }
        set { values[feature.rawValue] = newValue }
    }

    /// The tokens by the default weights.
    var defaultTokens: Double {
        var tokens = 0.0
        for (value, estimate) in zip(values, TokenFeature.estimates) {
            tokens += value * estimate.weight
        }
        return tokens
    }
}

extension TokenFeatures {
    /// The features of a text.
    init(_ text: borrowing TextTally) {
        self.init()
        addWords(text)
        addMarks(text)
        addNumbersAndSpace(text)
        addCharacters(text)
    }

    private mutating func addWords(_ text: borrowing TextTally) {
        for letter in [TextTally.ByteClass.small, .capital] {
            self[.smallLetterBoundaries] += text.boundaries(letter, .small)
            self[.capitalBoundaries] += text.boundaries(letter, .capital)
            self[.letters] += text.count(letter, .small) + text.count(letter, .capital)
            for other in [TextTally.ByteClass.digit, .mark, .space, .newline, .tab] {
                self[.wordEndBoundaries] += text.boundaries(letter, other)
                self[.wordStartBoundaries] += text.boundaries(other, letter)
            }
            self[.wordsAfterSpace] += text.count(.space, letter)
            self[.wordsAfterLine] += text.count(.newline, letter) + text.count(.tab, letter)
            self[.wordsAfterMark] += text.count(.mark, letter)
        }
    }

    private mutating func addMarks(_ text: borrowing TextTally) {
        for other in TextTally.ByteClass.allCases where other != .mark {
            self[.markRuns] += text.count(other, .mark)
        }
        self[.markBoundaries] = text.boundaries(.mark, .mark)
        for blank in [TextTally.ByteClass.space, .newline, .tab] {
            self[.markEndBoundaries] += text.boundaries(.mark, blank)
            self[.markStartBoundaries] += text.boundaries(blank, .mark)
        }
    }

    private mutating func addNumbersAndSpace(_ text: borrowing TextTally) {
        for other in TextTally.ByteClass.allCases {
            self[.digits] += text.count(other, .digit)
            if other != .digit { self[.numbers] += text.count(other, .digit) }
            if other != .newline { self[.lines] += text.count(other, .newline) }
            self[.tabs] += text.count(other, .tab)
        }
        self[.numbersAfterSpace] = text.count(.space, .digit)
        for other in [TextTally.ByteClass.mark, .space, .newline, .tab] {
            self[.numberEndBoundaries] += text.boundaries(.digit, other)
        }
        self[.indents] = text.count(.newline, .space) + text.count(.newline, .tab)
        self[.spaces] = text.count(.space, .space)
    }

    private mutating func addCharacters(_ text: borrowing TextTally) {
        self[.latin] = text.count(.latin)
        self[.greekAndCyrillic] = text.count(.greekAndCyrillic)
        self[.semitic] = text.count(.semitic)
        self[.indic] = text.count(.indic)
        self[.kana] = text.count(.kana)
        self[.han] = text.count(.han)
        self[.hangul] = text.count(.hangul)
        self[.symbols] = text.count(.symbol)
        self[.supplementary] = text.count(.supplementary)
    }
}
