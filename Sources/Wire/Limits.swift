/// The protocol's version and its limits. Bytes are octets on the socket; times are seconds unless the name says
/// otherwise.
public enum ProtocolVersion {
    /// The only version there is; the hello lists what the agent speaks.
    public static let current = 1
}

/// What both sides hold each other to (PROTOCOL.md, "Frame").
public enum Limits {
    public static let tokenBytes = 512
    public static let helloBytes = 4 * 1024
    public static let requestBytes = 256 * 1024
    public static let responseBytes = 1024 * 1024
    /// A page of a result stops growing here, so that the envelope around it still fits into ``responseBytes``.
    public static let pageBytes = 960 * 1024
    /// Nested containers, the outermost counted as one.
    public static let jsonDepth = 16
    /// A frame that has started must be complete after this time, counted from its first byte.
    public static let frameSeconds = 5
    public static let idleSeconds = 60
    public static let stalledWriteSeconds = 10
    public static let connections = 256
    public static let connectionsPerUser = 64
    public static let requestsInFlight = 8
    /// `deadlineMs` of a request that names none.
    public static let defaultDeadlineMilliseconds: Int64 = 30_000
    /// The longest `deadlineMs` and `runDeadlineMs`: seven days, as long as an idempotency key is remembered.
    public static let longestDeadlineMilliseconds: Int64 = 7 * 24 * 3600 * 1000
}
