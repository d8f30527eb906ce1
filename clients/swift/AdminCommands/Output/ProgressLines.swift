import Terminal
import Text
import Wire

/// What a run looks like: one line for each completed step, and below them, on a terminal, the step that is running.
struct ProgressLines {
    private struct Step {
        var progress: Progress
        var began: ContinuousClock.Instant
    }

    let console: Console
    private var revision: Step?
    private var statement: String?
    private var wait: Step?
    private var other: String?

    init(console: Console) { self.console = console }

    /// Takes an event.
    ///
    /// - Returns: the lines that stay.
    mutating func receive(_ event: Event, at now: ContinuousClock.Instant = .now) -> [String] {
        guard event.event != Event.Kind.gap else { return [console.styled("  … some progress was not shown", .dim)] }
        guard let progress = event.progress else { return [] }
        other = nil
        switch progress.phase {
        case .waiting:
            return ["  waiting    " + (progress.message.map(SafeText.oneLine) ?? "another run is in progress")]
        case .starting:
            other = "starting   " + (progress.message.map(SafeText.oneLine) ?? "the project's code")
        case .verifying:
            (revision, statement, wait) = (nil, nil, nil)
            other = "verifying  rows and schema, on a new connection"
        case .revisionStarted:
            (revision, statement, wait) = (Step(progress: progress, began: now), nil, nil)
        case .statement:
            statement = progress.elapsedMs == nil ? progress.statement : nil
            wait = nil
        case .lockWait:
            let isNew = wait == nil
            wait = Step(progress: progress, began: now - .milliseconds(progress.elapsedMs ?? 0))
            // On a terminal the wait is shown below the revision, as long as it lasts.
            if isNew, !console.hasCursor {
                return ["  waiting    \(revision.map { place($0.progress) } ?? "")\(blockers(progress))"]
            }
        case .retrying:
            (revision, statement, wait) = (nil, nil, nil)
            let parts = [progress.attempt.map { "attempt \($0)" }, progress.message.map(SafeText.oneLine)]
            return ["  retrying   " + parts.compactMap(\.self).joined(separator: ": ")]
        case .revisionApplied:
            (revision, statement, wait) = (nil, nil, nil)
            let time = progress.elapsedMs.map { "  " + TimeText.duration($0) } ?? ""
            return ["  \(console.styled("applied", .green))    \(place(progress))\(console.styled(time, .dim))"]
        }
        return []
    }

    /// The step that is running, in lines of plain text.
    ///
    /// - Parameters:
    ///   - frame: of the spinner, from 0.
    ///   - width: how many characters a line may have.
    func current(frame: Int, width: Int, at now: ContinuousClock.Instant = .now) -> [String] {
        let spinner = ["|", "/", "-", "\\"][frame % 4]
        guard let revision else { return other.map { [String("\(spinner) \($0)".prefix(width))] } ?? [] }
        let elapsed = Self.text(now - revision.began)
        let indent = String(repeating: " ", count: 13)
        var lines = ["\(spinner) running    \(place(revision.progress))  \(elapsed)"]
        if let wait {
            let text = "waits \(Self.text(now - wait.began))\(blockers(wait.progress))"
            lines += ParagraphText.lines(text, width: width - indent.count).map { indent + $0 }
        } else if let statement {
            lines.append(indent + console.plain(statement))
        }
        return lines.map { String($0.prefix(width)) }
    }

    /// For example `[2/3] f4c7a91e0b23  ensure all prospect columns`.
    private func place(_ progress: Progress) -> String {
        let doc = progress.doc.map { "  " + console.plain($0) } ?? ""
        return "[\(progress.index ?? 0)/\(progress.total ?? 0)] \(console.plain(progress.revision ?? ""))\(doc)"
    }

    private static func text(_ duration: Duration) -> String { TimeText.duration(Int64(duration / .milliseconds(1))) }

    private func blockers(_ progress: Progress) -> String {
        guard let blockers = progress.blockers, let first = blockers.first else { return " for a lock" }
        let more = blockers.count > 1 ? " and \(blockers.count - 1) more" : ""
        return " for a lock of \(first.text)\(more)"
    }
}
