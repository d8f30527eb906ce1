/// Why the agent cannot start, as one line and an exit status.
public struct AgentError: Error, Sendable, CustomStringConvertible {
    /// After sysexits.h: 69 unavailable, 73 cannot create, 78 configuration.
    public var exitStatus: Int32
    public var description: String

    public init(exitStatus: Int32, _ description: String) {
        self.exitStatus = exitStatus
        self.description = description
    }
}
