import JSON
import Testing

@testable import StandInAgent

@Suite("The question dialog of the stand-in agent")
struct QuestionFormTests {
    private static func form(_ count: Int, allowsSeveral: Bool = false) -> QuestionForm {
        let questions = (1...count).map { number -> JSON in
            [
                "question": .string("Question \(number)?"), "multiSelect": .bool(allowsSeveral),
                "options": [["label": "Red"], ["label": "Blue"]],
            ]
        }
        return QuestionForm(["questions": .array(questions)])
    }

    private static func answers(_ texts: String..., isFree: Bool = false) -> QuestionForm.Outcome {
        .answered(
            texts.enumerated().map { .init(question: "Question \($0 + 1)?", text: $1, isFree: isFree) })
    }

    @Test("a digit answers the only question at once")
    func digit() {
        var form = Self.form(1)
        #expect(form.press(.text("2")) == Self.answers("Blue"))
    }

    @Test("typed text does nothing, so that Enter picks the first option")
    func typedText() {
        var form = Self.form(1)
        #expect(form.press(.text("SAY sent into dialog")) == nil)
        #expect(form.press(.enter) == Self.answers("Red"))
    }

    @Test("a paste becomes the free answer")
    func paste() {
        var form = Self.form(1)
        #expect(form.press(.paste("something else")) == nil)
        #expect(form.press(.enter) == Self.answers("something else", isFree: true))
    }

    @Test("two questions end with a review")
    func review() {
        var form = Self.form(2)
        #expect(form.press(.text("2")) == nil)
        #expect(form.press(.down) == nil)
        #expect(form.press(.enter) == nil)
        #expect(form.press(.enter) == Self.answers("Blue", "Blue"))
    }

    @Test("several options are toggled and sent with Enter")
    func several() {
        var form = Self.form(1, allowsSeveral: true)
        for key in [Key.text("2"), .text("1"), .text("2"), .text("2")] { #expect(form.press(key) == nil) }
        #expect(form.press(.enter) == Self.answers("Red, Blue"))
    }

    @Test("Escape declines at any point")
    func escape() {
        var form = Self.form(2)
        _ = form.press(.text("1"))
        #expect(form.press(.escape) == .declined)
    }
}
