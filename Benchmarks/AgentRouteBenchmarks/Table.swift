/// A table in Markdown, with its columns lined up for reading as it is.
struct Table {
    /// Stands above it.
    let title: String
    /// The columns' names.
    let header: [String]
    /// The cells; each row has as many as the header.
    let rows: [[String]]

    /// The whole of it; nil without rows.
    var text: String? {
        guard !rows.isEmpty else { return nil }
        let widths = header.indices.map { column in
            ([header] + rows).compactMap { $0.dropFirst(column).first?.count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule =
            "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
        return (["## \(title)", "", line(header), rule] + rows.map(line)).joined(separator: "\n")
    }
}
