/// The agent's first message.
public struct Hello: Codable, Hashable, Sendable {
    public enum State: String, Codable, Sendable {
        case ready
        /// The durable state cannot be written: reads are served, mutations are refused.
        case degraded
        /// The agent is shutting down: mutations are refused.
        case draining
    }

    public struct Limits: Codable, Hashable, Sendable {
        public var requestBytes: Int
        public var responseBytes: Int
        public var inFlight: Int
        public var frameSeconds: Int
        public var idleSeconds: Int

        public init(
            requestBytes: Int = Wire.Limits.requestBytes, responseBytes: Int = Wire.Limits.responseBytes,
            inFlight: Int = Wire.Limits.requestsInFlight, frameSeconds: Int = Wire.Limits.frameSeconds,
            idleSeconds: Int = Wire.Limits.idleSeconds
        ) {
            self.requestBytes = requestBytes
            self.responseBytes = responseBytes
            self.inFlight = inFlight
            self.frameSeconds = frameSeconds
            self.idleSeconds = idleSeconds
        }
    }

    /// The versions that the agent speaks.
    public var `protocol`: [Int]
    /// The agent's own version.
    public var agent: String
    /// The audience for which tokens must be minted.
    public var audience: String
    public var capabilities: [String]
    public var limits: Limits
    /// The agent's clock, in Unix seconds. Clients mint tokens by it, so that their own clock does not matter.
    public var time: Int64
    public var state: State

    public init(
        agent: String, audience: String, capabilities: [String] = ["stream"], limits: Limits = Limits(), time: Int64,
        state: State
    ) {
        self.protocol = [ProtocolVersion.current]
        self.agent = agent
        self.audience = audience
        self.capabilities = capabilities
        self.limits = limits
        self.time = time
        self.state = state
    }

    public func encoded() throws(WireError) -> [UInt8] { try WireCoding.encode(self) }

    /// - Throws: `badJSON` when it is not a hello; `unsupported` when the agent does not speak
    ///   ``ProtocolVersion/current``.
    public init(parsing body: [UInt8]) throws(WireError) {
        let json = try parseEnvelope(body)
        guard let versions = json["protocol"]?.arrayValue, versions.contains(.integer(Int64(ProtocolVersion.current)))
        else {
            throw WireError(.unsupported, "the agent does not speak protocol version \(ProtocolVersion.current)")
        }
        self = try WireCoding.decode(Hello.self, from: json)
    }
}
