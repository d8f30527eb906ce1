/// How long a run may take, and which setting says so.
public struct TimeLimit: Hashable, Sendable, CustomStringConvertible {
    public var duration: Duration
    /// The name of the setting; nil when nothing can change the limit.
    public var setting: String?

    public init(_ duration: Duration, setting: String? = nil) {
        self.duration = duration
        self.setting = setting
    }

    public static func seconds(_ count: Int) -> TimeLimit { TimeLimit(.seconds(count)) }

    public static func milliseconds(_ count: Int) -> TimeLimit { TimeLimit(.milliseconds(count)) }

    /// For messages, for example `60.0 seconds (environment_deadline)`.
    public var description: String { "\(duration)" + (setting.map { " (\($0))" } ?? "") }
}
