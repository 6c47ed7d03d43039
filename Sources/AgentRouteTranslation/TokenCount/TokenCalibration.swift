/// How many tokens one model takes for what is counted, learned from what its provider reports.
///
/// Recursive least squares with a prior: each weight begins at its default with a doubt, and every
/// report moves those most that it says most about. Unlearned it is within about 10% of common
/// tokenizers; after 20 requests within 3% (median). A value: its owner keeps one for each model.
package struct TokenCalibration: Sendable {
    /// How many reports were learned from.
    package private(set) var reportCount = 0
    /// How far each weight is from its default, in units of its doubt.
    private var shifts: [Double]
    /// How sure the shifts are: their covariance, row by row.
    private var covariance: [Double]
    /// How many reports in a row were too low (negative) or too high to be believed.
    private var surprises = 0

    /// Nothing learned yet.
    package init() {
        shifts = Array(repeating: 0, count: TokenFeature.allCases.count)
        covariance = Self.priorCovariance
    }

    /// The tokens of a prompt with `features`. At least 1.
    package func count(_ features: TokenFeatures) -> Int {
        let estimate = features.defaultTokens
        // No tokenizer is outside of these, whatever was learned from other kinds of prompt.
        let tokens = min(max(expected(features), estimate / 8), estimate * 8 + 100_000)
        return max(1, Int(exactly: tokens.rounded()) ?? 1)
    }

    /// Learns that the provider counted `promptTokens` for `features`, cached ones included.
    ///
    /// A report that cannot be one of this prompt is ignored, as zero or uncached tokens alone are.
    /// One that is merely surprising is believed when it is the third in a row.
    package mutating func learn(_ features: TokenFeatures, promptTokens: Int) {
        let estimate = features.defaultTokens
        let reported = Double(promptTokens)
        guard promptTokens > 0, reported > estimate / 8, reported < estimate * 8 + 100_000 else {
            return
        }
        forget()
        var doubt = doubt(of: features)
        let error = reported - expected(features)
        if error * error > 9 * doubt.variance {
            surprises = error.sign == .minus ? min(surprises, 0) - 1 : max(surprises, 0) + 1
            guard abs(surprises) >= 3 else { return }
            // Another tokenizer than the one that was learned.
            covariance = Self.priorCovariance
            doubt = self.doubt(of: features)
        } else {
            surprises = 0
        }
        reportCount += 1
        correct(by: error, doubt)
    }

    /// The tokens by the weights as they are now.
    private func expected(_ features: TokenFeatures) -> Double {
        zip(shifts, Self.scaled(features)).reduce(features.defaultTokens) { $0 + $1.0 * $1.1 }
    }

    /// How far off a count may be: its variance, and how it varies with each of the shifts.
    private struct Doubt {
        var variance: Double
        var byShift: [Double]
    }

    private func doubt(of features: TokenFeatures) -> Doubt {
        let scaled = Self.scaled(features)
        let byShift = scaled.indices.map { row in
            var sum = 0.0
            for column in scaled.indices {
                sum += covariance[row * scaled.count + column] * scaled[column]
            }
            return sum
        }
        let noise = Self.noise * features.defaultTokens
        let ofShifts = zip(scaled, byShift).reduce(0) { $0 + $1.0 * $1.1 }
        return Doubt(
            variance: max(0, ofShifts) + noise * noise + Self.rounding, byShift: byShift)
    }

    /// Is a little less sure of every shift, but of none less than before the first report.
    private mutating func forget() {
        for place in stride(from: 0, to: covariance.count, by: shifts.count + 1)
        where covariance[place] < Self.priorCovariance[place] {
            covariance[place] += Self.forgetting
        }
    }

    /// Moves the shifts by what `error` says of them, and is surer of them from now on.
    private mutating func correct(by error: Double, _ doubt: Doubt) {
        for (row, ofRow) in doubt.byShift.enumerated() {
            shifts[row] += ofRow * error / doubt.variance
            for (column, ofColumn) in doubt.byShift.enumerated() {
                covariance[row * shifts.count + column] -= ofRow * ofColumn / doubt.variance
            }
        }
    }
}

// MARK: - What is believed beforehand

extension TokenCalibration {
    /// What the features do not see of a prompt's tokens, as a part of them.
    private static let noise = 0.03
    /// The variance of what they do not see of the shortest prompts.
    private static let rounding = 9.0
    /// What one report adds to the doubt of all that were before, so that the newest count most.
    private static let forgetting = 0.0005
    /// How far a tokenizer as a whole may be off, as a part of its tokens.
    private static let scaleDoubt = 0.2

    /// The features in units in which all weights are equally doubtful.
    private static func scaled(_ features: TokenFeatures) -> [Double] {
        zip(features.values, TokenFeature.estimates).map { $0 * $1.doubt }
    }

    /// Each weight may be off by itself, and those of all text together.
    private static let priorCovariance: [Double] = {
        let together = TokenFeature.allCases.map { feature in
            let isText = feature.rawValue <= TokenFeature.reasoning.rawValue
            let estimate = feature.estimate
            return isText ? scaleDoubt * estimate.weight / estimate.doubt : 0
        }
        return together.indices.flatMap { row in
            together.indices.map { column in
                together[row] * together[column] + (row == column ? 1 : 0)
            }
        }
    }()
}
