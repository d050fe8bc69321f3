/// A first word that is no command.
struct MisspeltCommand {
    let word: String

    init?(_ arguments: [String]) {
        guard let word = arguments.first, !word.hasPrefix("-"), !Self.commands.contains(word), word != "help" else { return nil }
        self.word = word
    }

    var message: String {
        let nearest = Self.commands.map { (distance: Self.distance(word, $0), name: $0) }.min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= 3, Double(nearest.distance) < 0.6 * Double(max(word.count, nearest.name.count)) else {
            return "error: unknown command '\(word)'"
        }
        return "error: unknown command '\(word)'\n(Did you mean \(nearest.name)?)"
    }

    private static let commands = RootCommand.configuration.subcommands.map { $0.configuration.commandName ?? "" }

    /// How many letters have to be added, removed, replaced or swapped with their neighbour.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var rows = [Array(0...right.count)]
        for row in 1...max(left.count, 1) where !left.isEmpty {
            var current = [row]
            for column in 1...right.count {
                var cost = min(rows[row - 1][column], current[column - 1]) + 1
                cost = min(cost, rows[row - 1][column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    cost = min(cost, rows[row - 2][column - 2] + 1)
                }
                current.append(cost)
            }
            rows.append(current)
        }
        return rows[left.count][right.count]
    }
}
