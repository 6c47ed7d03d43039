internal import AgentRouteCore

/// Models as a table for people: how a profile names them, their context and what they cost.
enum ModelTable {
    /// The table, or one line that says there are none.
    static func lines(_ models: [(provider: String, model: CatalogueModel)]) -> [String] {
        guard !models.isEmpty else { return ["No models."] }
        let head = ["MODEL", "CONTEXT", "$/M IN", "$/M OUT"]
        let rows = models.map { provider, model in
            [
                "\(provider)/\(model.id)", model.contextWindow.map { "\($0)" } ?? "-",
                price(model.pricePrompt), price(model.priceCompletion),
            ]
        }
        return TextTable([head] + rows, rightColumns: [1, 2, 3]).lines()
    }

    /// US dollars for a million tokens at `price` each, to a hundredth of a cent: `0.075`.
    static func price(_ price: Double?) -> String {
        guard let price else { return "-" }
        let text = ((price * 1e10).rounded() / 1e4).description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
