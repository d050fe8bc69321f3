import JSON

/// The dialog of AskUserQuestion, operated by keys as in Claude Code 2.1.329: a digit picks an option and moves on,
/// a paste becomes the free-text answer, typed letters do nothing, and several questions end with a review.
struct QuestionForm {
    struct Question: Hashable {
        let text: String
        let options: [String]
        let allowsSeveral: Bool
    }

    enum Outcome: Hashable {
        case answered([Answer])
        case declined
    }

    struct Answer: Hashable {
        let question: String
        let text: String
        /// Whether it is none of the options.
        let isFree: Bool
    }

    let questions: [Question]
    private var answers: [Answer] = []
    private var highlighted = 0
    private var picked: Set<Int> = []
    private var freeText = ""

    init(_ input: JSON) {
        questions = (input["questions"]?.array ?? []).map { question in
            Question(
                text: question["question"]?.string ?? "",
                options: (question["options"]?.array ?? []).compactMap { $0["label"]?.string },
                allowsSeveral: question["multiSelect"]?.bool ?? false)
        }
    }

    private var current: Question? {
        answers.count < questions.count ? questions[answers.count] : nil
    }

    var lines: [String] {
        guard let current else { return ["Review your answers"] + answers.map { "  \($0.question) → \($0.text)" } + ["❯ 1. Submit answers", "  2. Cancel"] }
        let options = current.options.enumerated().map { index, option in
            "\(index == highlighted ? "❯" : " ") \(index + 1). \(option)"
        }
        return [current.text] + options + ["  \(current.options.count + 1). Type something."]
    }

    /// - Returns: nil while the form stays open.
    mutating func press(_ key: Key) -> Outcome? {
        if case .escape = key { return .declined }
        guard let current else { return pressInReview(key) }
        switch key {
        case .text(let text):
            guard text.count == 1, let digit = text.first?.wholeNumberValue, (1...current.options.count).contains(digit)
            else { return nil }
            if current.allowsSeveral {
                picked.formSymmetricDifference([digit - 1])
                return nil
            }
            return answer(current.options[digit - 1])
        case .paste(let text): freeText += text
        case .up: highlighted = max(0, highlighted - 1)
        case .down: highlighted = min(current.options.count - 1, highlighted + 1)
        case .enter, .right:
            if !freeText.isEmpty { return answer(freeText, isFree: true) }
            if !picked.isEmpty { return answer(picked.sorted().map { current.options[$0] }.joined(separator: ", ")) }
            if key == .enter { return answer(current.options[highlighted]) }
        default: break
        }
        return nil
    }

    private mutating func pressInReview(_ key: Key) -> Outcome? {
        switch key {
        case .enter, .text("1"): .answered(answers)
        case .text("2"): .declined
        default: nil
        }
    }

    private mutating func answer(_ text: String, isFree: Bool = false) -> Outcome? {
        guard let current else { return nil }
        answers.append(Answer(question: current.text, text: text, isFree: isFree))
        (highlighted, picked, freeText) = (0, [], "")
        return questions.count == 1 ? .answered(answers) : nil
    }
}
