import Synchronization
import Wire

/// Draws the progress of a run while it runs. On a terminal the step that is running has a spinner and is drawn again
/// ten times a second; elsewhere only completed steps are printed.
final class ProgressDisplay: Sendable {
    private struct State {
        var lines: ProgressLines
        /// How many lines of the running step are on the terminal.
        var drawn = 0
        var frame = 0
        var hasEnded = false
    }

    private static let interval = Duration.milliseconds(100)

    private let console: Console
    private let state: Mutex<State>

    init(_ console: Console) {
        self.console = console
        state = Mutex(State(lines: ProgressLines(console: console)))
        guard console.hasCursor else { return }
        Task { [self] in
            // A timer for the spinner.
            while (try? await Task.sleep(for: Self.interval)) != nil, advance() {}
        }
    }

    func show(_ event: Event) {
        state.withLock { state in
            let lines = state.lines.receive(event)
            clear(&state)
            for line in lines { console.line(line) }
            draw(&state)
        }
    }

    /// Removes the running step.
    func end() {
        state.withLock { state in
            clear(&state)
            state.hasEnded = true
        }
    }

    /// - Returns: whether the run goes on.
    private func advance() -> Bool {
        state.withLock { state in
            guard !state.hasEnded else { return false }
            state.frame += 1
            clear(&state)
            draw(&state)
            return true
        }
    }

    private func clear(_ state: inout State) {
        console.eraseLines(state.drawn)
        state.drawn = 0
    }

    private func draw(_ state: inout State) {
        guard console.hasCursor else { return }
        // A line that wraps could not be removed again.
        let width = (console.columns ?? 80) - 1
        let lines = state.lines.current(frame: state.frame, width: width)
        console.drawLines(lines)
        state.drawn = lines.count
    }
}
