import ArgumentParser
import Settings

/// How long something may take, as in the settings: `90s`, `10m`.
struct DeadlineArgument: ExpressibleByArgument {
    var duration: Duration

    init?(argument: String) {
        guard let duration = Duration(settingsText: argument), duration > .zero else { return nil }
        self.duration = duration
    }
}
