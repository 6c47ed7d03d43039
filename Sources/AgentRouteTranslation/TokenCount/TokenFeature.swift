/// One of the things a prompt's tokens are counted by. The count is linear in them.
enum TokenFeature: Int, CaseIterable {
    // Text. Boundaries are expected beginnings of tokens, the others are numbers of occurrences.
    case smallLetterBoundaries
    case capitalBoundaries
    case letters
    case wordEndBoundaries
    case wordStartBoundaries
    case wordsAfterSpace
    case wordsAfterLine
    case wordsAfterMark
    case markRuns
    case markBoundaries
    case markEndBoundaries
    case markStartBoundaries
    case digits
    case numbers
    case numbersAfterSpace
    case numberEndBoundaries
    case lines
    case indents
    case spaces
    case tabs
    case latin
    case greekAndCyrillic
    case semitic
    case indic
    case kana
    case han
    case hangul
    case symbols
    case supplementary

    // What is around the text.
    /// The tokens of tools' and answers' schemas by the default weights.
    case schema
    /// Likewise of the model's thoughts, which many providers drop from the prompt.
    case reasoning
    /// The tokens of pictures by their area.
    case pictureArea
    case pictures
    /// The tokens of files by their size.
    case documents
    /// The tokens of sounds and films by their size.
    case recordings
    case request
    case turns
    case toolCalls
    case toolResults
    /// 1 if there are tools: some providers then add a prompt of their own.
    case anyTools
    case tools

    /// How many tokens one of it takes, and how far off that may be (a standard deviation).
    struct Estimate {
        let weight: Double
        let doubt: Double
    }

    /// The estimate where nothing is known of the model.
    ///
    /// The weights of text are the best fit to eight public vocabularies (of OpenAI, Anthropic,
    /// Meta, Alibaba, DeepSeek and Mistral), its doubts the spread of twelve around them, on the
    /// texts of ``TextTally``'s table. The rest is by the vendors' documentation.
    var estimate: Estimate {
        switch self {
        case .smallLetterBoundaries: Estimate(weight: 1.752, doubt: 0.229)
        case .capitalBoundaries: Estimate(weight: 0.909, doubt: 0.123)
        case .letters: Estimate(weight: 0.004, doubt: 0.020)
        case .wordEndBoundaries: Estimate(weight: 0.611, doubt: 0.168)
        case .wordStartBoundaries: Estimate(weight: 0.738, doubt: 0.073)
        case .wordsAfterSpace: Estimate(weight: 0.242, doubt: 0.073)
        case .wordsAfterLine: Estimate(weight: 0.513, doubt: 0.076)
        case .wordsAfterMark: Estimate(weight: 0.149, doubt: 0.041)
        case .markRuns: Estimate(weight: 0.312, doubt: 0.143)
        case .markBoundaries: Estimate(weight: 1.348, doubt: 0.211)
        case .markEndBoundaries: Estimate(weight: 0.661, doubt: 0.093)
        case .markStartBoundaries: Estimate(weight: 0.545, doubt: 0.057)
        case .digits: Estimate(weight: 0.361, doubt: 0.221)
        case .numbers: Estimate(weight: 0.219, doubt: 0.060)
        case .numbersAfterSpace: Estimate(weight: 0.521, doubt: 0.140)
        case .numberEndBoundaries: Estimate(weight: 0.958, doubt: 0.135)
        case .lines: Estimate(weight: 0.421, doubt: 0.164)
        case .indents: Estimate(weight: 1.022, doubt: 0.215)
        case .spaces: Estimate(weight: 0.016, doubt: 0.097)
        case .tabs: Estimate(weight: 0.361, doubt: 0.060)
        default: characterEstimate ?? structureEstimate
        }
    }

    /// The estimate for characters beyond ASCII.
    private var characterEstimate: Estimate? {
        switch self {
        case .latin: Estimate(weight: 1.007, doubt: 0.760)
        case .greekAndCyrillic: Estimate(weight: 0.415, doubt: 0.255)
        case .semitic: Estimate(weight: 0.506, doubt: 0.318)
        case .indic: Estimate(weight: 0.611, doubt: 0.531)
        case .kana: Estimate(weight: 0.636, doubt: 0.183)
        case .han: Estimate(weight: 0.848, doubt: 0.380)
        case .hangul: Estimate(weight: 0.843, doubt: 0.422)
        case .symbols: Estimate(weight: 1.982, doubt: 0.338)
        case .supplementary: Estimate(weight: 2.463, doubt: 0.600)
        default: nil
        }
    }

    /// The estimate for what is around the text.
    private var structureEstimate: Estimate {
        switch self {
        case .reasoning: Estimate(weight: 1, doubt: 0.6)
        case .pictures: Estimate(weight: 0, doubt: 150)
        case .request: Estimate(weight: 3, doubt: 250)
        case .turns: Estimate(weight: 4, doubt: 3)
        case .toolCalls: Estimate(weight: 10, doubt: 8)
        case .toolResults: Estimate(weight: 6, doubt: 6)
        case .anyTools: Estimate(weight: 40, doubt: 150)
        case .tools: Estimate(weight: 6, doubt: 8)
        default: Estimate(weight: 1, doubt: 0.4)
        }
    }
}

extension TokenFeature {
    /// All estimates, in the order of the features.
    static let estimates = allCases.map(\.estimate)
}
