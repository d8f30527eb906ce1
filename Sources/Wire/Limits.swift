/// The protocol's version and its limits. Bytes are octets on the socket; times are seconds unless the name says
/// otherwise.
public enum ProtocolVersion {
    /// The only version; the hello lists the versions that the agent supports.
    public static let current = 1
}

/// The limits that both sides enforce (PROTOCOL.md, "Frame").
public enum Limits {
    public static let tokenBytes = 512
    public static let helloBytes = 4 * 1024
    public static let requestBytes = 256 * 1024
    public static let responseBytes = 1024 * 1024
    /// The size limit of a page of a result, so that it fits into ``responseBytes`` with its envelope.
    public static let pageBytes = 960 * 1024
    /// The maximum depth of nested containers; the outermost has depth 1.
    public static let jsonDepth = 16
    /// A frame that has started must be complete after this time, counted from its first byte.
    public static let frameSeconds = 5
    public static let idleSeconds = 60
    public static let stalledWriteSeconds = 10
    /// Bytes of finished responses that one connection may have unread; further results of reads are dropped then.
    public static let unreadBytes = 8 * 1024 * 1024
    /// The same for all connections together that do not read.
    public static let allUnreadBytes = 64 * 1024 * 1024
    public static let connections = 256
    public static let connectionsPerUser = 64
    public static let requestsInFlight = 8
    /// The deadline of a request without `deadlineMs`.
    public static let defaultDeadlineMilliseconds: Int64 = 30_000
    /// The longest `deadlineMs` and `runDeadlineMs`: seven days, the time for which idempotency keys are kept.
    public static let longestDeadlineMilliseconds: Int64 = 7 * 24 * 3600 * 1000
}
