/// Rows of words under each other, each column as wide as its widest cell.
struct TextTable {
    private let rows: [[String]]
    private let rightColumns: Set<Int>

    /// A table of these rows, which need not be of one length. The columns at `rightColumns`, counted
    /// from zero, end below each other; the others begin so.
    init(_ rows: [[String]], rightColumns: Set<Int> = []) {
        self.rows = rows
        self.rightColumns = rightColumns
    }

    /// The rows with two spaces between columns and none at the end, behind `indent`.
    func lines(indent: String = "") -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return rightColumns.contains(column) ? padding + cell : cell + padding
            }
            var line = indent + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
