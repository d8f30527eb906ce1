import Terminal
import Text
import Wire

/// Prints the events of a run: the current step on the terminal's last line, completed steps above it.
struct ProgressLines {
    let console: Console

    func show(_ event: Event) {
        guard event.event != Event.Kind.gap else {
            console.transient("")
            console.line(console.styled("  … some progress was not shown", .dim))
            return
        }
        guard let progress = event.progress else { return }
        let message = progress.message.map(SafeText.oneLine)
        console.transient("")
        switch progress.phase {
        case .waiting: console.line("  waiting    " + (message ?? "another run is in progress"))
        case .starting: console.transient("  starting   " + (message ?? "the project's code"))
        case .verifying: console.transient("  verifying  " + (message ?? "rows and schema, on a fresh connection"))
        case .revision:
            let place = "[\(progress.index ?? 0)/\(progress.total ?? 0)]"
            let name = console.plain(progress.revision ?? "")
            let text = [progress.doc.map(console.plain), message].compactMap { $0.map { "  " + $0 } }.joined()
            if progress.status == .applied {
                let time = progress.durationMs.map { "  " + TimeText.duration($0) } ?? ""
                console.line(
                    "  \(console.styled("applied", .green))    \(place) \(name)\(text)\(console.styled(time, .dim))")
            } else {
                console.transient("  running    \(place) \(name)\(text)")
            }
        }
    }

    /// Clears the current step.
    func end() { console.transient("") }
}
