/// Columns of text under a row of dashes, as the npm tool prints them: every cell, the last one of a line too, is
/// padded to its column's width.
struct Table {
    let header: [String]
    var rows: [[String]] = []

    var text: String {
        let widths = header.indices.map { column in
            ([header] + rows).map { Self.width($0[column]) }.max() ?? 0
        }
        let dashes = widths.map { String(repeating: "-", count: $0) }
        return ([header, dashes] + rows).map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - Self.width($0)) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// JavaScript counts UTF-16 units.
    private static func width(_ cell: String) -> Int { cell.utf16.count }
}
