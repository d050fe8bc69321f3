extension Agent {
    func press(_ key: Key) {
        // What comes in one piece with the key that calls the editor is lost, Enter too, as in Claude Code.
        guard phase != .ending, !isDeaf, !isEditing else { return }
        defer { lastKey = (key, .now) }
        if dialog != nil { return pressInDialog(key) }
        switch key {
        case .text(let text): box.type(text)
        case .paste(let text): box.paste(text)
        case .enter: pressEnter()
        case .lineBreak: box.breakLine()
        case .escape: pressEscape()
        case .backspace: box.deleteBackward()
        case .delete: box.deleteForward()
        case .left, .control("b"): box.moveLeft()
        case .right, .control("f"): box.moveRight()
        case .home, .control("a"): box.moveToLineStart()
        case .end, .control("e"): box.moveToLineEnd()
        case .control("u"): box.deleteToLineStart()
        case .control("k"): box.deleteToLineEnd()
        case .control("c"): pressInterrupt()
        case .control("g"): isEditing = phase == .ready
        case .up, .down, .control: break
        }
    }

    private func pressEnter() {
        // Before the prompt is there the text stays and Enter is lost, as in Claude Code.
        guard phase == .ready, !box.breakLineAtBackslash() else { return }
        let invisible = box.removeInvisibleCharacters()
        guard invisible == 0 else {
            screen.say("Removed \(invisible) invisible character\(invisible == 1 ? "" : "s") · review and press Enter")
            return
        }
        let entered = box
        let message = entered.message
        guard !message.isEmpty else { return }
        box.clear()
        submit(message, bareText: entered.bareText, isShellCommand: entered.isShellCommand)
    }

    private func pressEscape() {
        if turn != nil {
            interrupt()
        } else if phase == .ready, box.isEmpty, let lastKey, lastKey.key == .escape,
            .now - lastKey.time < .seconds(1)
        {
            show(.local("Rewind"))
        }
    }

    private func pressInterrupt() {
        if turn != nil {
            interrupt()
        } else if let lastKey, lastKey.key == .control("c"), .now - lastKey.time < .seconds(1) {
            end(reason: "prompt_input_exit", status: 0)
        } else {
            box.clear()
        }
    }
}
