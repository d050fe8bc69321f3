extension ClaudeTranscriptReducer {
    mutating func addSystem(_ entry: ClaudeEntry) {
        switch entry.subtype {
        case "turn_duration":
            end(
                .completed, at: entry.timestamp, duration: entry.duration,
                pendingBackgroundAgents: entry.pendingBackgroundAgentCount ?? 0)
        case "compact_boundary":
            events.append(
                .compacted(
                    Compaction(
                        trigger: entry.compactMetadata?["trigger"]?.string,
                        tokensBefore: entry.compactMetadata?["preTokens"]?.int,
                        tokensAfter: entry.compactMetadata?["postTokens"]?.int)))
        case "informational":
            addUnknownCommand(entry.content ?? "")
        case "local_command":
            addLocalCommand(entry)
        default:
            break
        }
    }

    /// An unknown command leaves nothing but `Unknown command: /name`, which a suggestion may follow, and never
    /// reaches the model.
    private mutating func addUnknownCommand(_ content: String) {
        let marker = "Unknown command: "
        guard content.hasPrefix(marker) else { return }
        let name = String(content.dropFirst(marker.count).prefix { $0.isLetter || $0.isNumber || "/_:-".contains($0) })
        events.append(.commandOutcome(CommandOutcome(name: name, status: .unknown, output: content)))
    }

    /// Some versions record commands and their output here instead of in user entries.
    private mutating func addLocalCommand(_ entry: ClaudeEntry) {
        let content = entry.content ?? ""
        switch ClaudeUserContent(commandTags: content) ?? ClaudeUserContent(localTags: content) {
        case .command(let name, let arguments): addCommand(name: name, arguments: arguments, entry)
        case .commandOutput(let output, let isError): addCommandOutput(output, isError: isError, entry)
        default: addCommandOutput(content, isError: false, entry)
        }
    }

    // MARK: The queue

    mutating func addQueueOperation(_ entry: ClaudeEntry) {
        switch entry.operation {
        case "enqueue":
            let text = entry.content ?? ""
            let message = QueuedMessage(text: text, origin: MessageOrigin(kind: nil, text: text))
            queue.enqueue(message)
            events.append(.messageQueued(message))
        case "dequeue":
            queue.dequeue()
        case "remove":
            let removed = queue.remove(text: entry.content)
            if entry.reason == "absorbed_mid_turn" {
                let text = removed?.text ?? entry.content ?? ""
                if let uuid = entry.commandUUID { queue.announceAttachment(uuid) }
                absorb(text: text, uuid: entry.commandUUID, origin: MessageOrigin(kind: nil, text: text))
            } else if let removed {
                events.append(.messageDropped(removed, reason: .removed(entry.reason)))
            }
        case "popAll":
            for message in queue.drain() { events.append(.messageDropped(message, reason: .removed("popAll"))) }
        default:
            break
        }
    }

    /// The model was given a queued message; its queue operation, where the version writes one, came first.
    mutating func addAttachment(_ entry: ClaudeEntry) {
        guard entry.attachmentType == "queued_command", let attachment = entry.attachment else { return }
        let uuid = attachment["source_uuid"]?.string
        guard !queue.wasAnnounced(uuid) else { return }
        let text = ClaudeEntry.textBlocks(of: attachment["prompt"]).joined(separator: "\n")
        _ = queue.remove(text: text)
        absorb(text: text, uuid: uuid, origin: MessageOrigin(kind: attachment["origin"]?["kind"]?.string, text: text))
    }

    private mutating func absorb(text: String, uuid: String?, origin: MessageOrigin) {
        let message = TranscriptTurn.Message(uuid: uuid, promptID: nil, text: text, arrival: .absorbed, origin: origin)
        turn?.messages.append(message)
        events.append(.messageAbsorbed(message, turn: turn?.id))
    }
}
