/// One message on the socket: its kind, the token (requests only) and the JSON body, both as bytes.
public struct Frame: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable {
        case hello = 1
        case request = 2
        case response = 3
        case event = 4

        /// The largest body of this kind, in bytes.
        public var bodyLimit: Int {
            switch self {
            case .hello: Limits.helloBytes
            case .request: Limits.requestBytes
            case .response, .event: Limits.responseBytes
            }
        }
    }

    public var kind: Kind
    /// Empty when the request has no token; always empty for other kinds.
    public var token: [UInt8]
    public var body: [UInt8]

    public init(_ kind: Kind, token: [UInt8] = [], body: [UInt8]) {
        self.kind = kind
        self.token = token
        self.body = body
    }

    /// Header, token and body as sent over the socket.
    ///
    /// - Throws: `tooLarge` when token or body exceed their limits, `badFrame` for an empty body or a token that is not
    ///   on a request. The same rules apply to sent and to received frames.
    public func encoded() throws(WireError) -> [UInt8] {
        try Self.encoded(kind, token: token, bodyLength: body.count) { $0 += body }
    }

    /// The bytes of a frame whose body is written directly into them.
    ///
    /// - Parameters:
    ///   - bodyLength: the approximate length of the body.
    ///   - write: appends the body.
    /// - Throws: as ``encoded()``.
    static func encoded(
        _ kind: Kind, token: [UInt8] = [], bodyLength: Int, body write: (inout [UInt8]) -> Void
    ) throws(WireError) -> [UInt8] {
        let start = Header.length + token.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(start + bodyLength)
        bytes.append(contentsOf: repeatElement(0, count: Header.length))
        bytes += token
        write(&bytes)
        try Header(kind: kind, tokenLength: token.count, bodyLength: bytes.count - start).write(over: &bytes)
        return bytes
    }
}

extension Frame {
    /// The twelve bytes before token and body. A value of this type has passed all checks that need only the header.
    public struct Header: Hashable, Sendable {
        public static let length = 12
        /// `SCD1`.
        private static let magic: UInt32 = 0x5343_4431

        public let kind: Kind
        public let tokenLength: Int
        public let bodyLength: Int

        /// The bytes that follow the header.
        public var remaining: Int { tokenLength + bodyLength }

        /// - Throws: `badFrame` for an empty body or a token on another kind than a request, `tooLarge` beyond the limits.
        public init(kind: Kind, tokenLength: Int, bodyLength: Int) throws(WireError) {
            guard tokenLength == 0 || kind == .request else {
                throw WireError(.badFrame, "only a request may have a token")
            }
            guard tokenLength <= Limits.tokenBytes else {
                throw WireError(.tooLarge, "the token has \(tokenLength) bytes, the limit is \(Limits.tokenBytes)")
            }
            guard bodyLength > 0 else { throw WireError(.badFrame, "the body is empty") }
            guard bodyLength <= kind.bodyLimit else {
                throw WireError(
                    .tooLarge, "the body of this \(kind) has \(bodyLength) bytes, the limit is \(kind.bodyLimit)")
            }
            self.kind = kind
            self.tokenLength = tokenLength
            self.bodyLength = bodyLength
        }

        /// Reads the first ``length`` bytes of `bytes`.
        ///
        /// - Precondition: at least ``length`` bytes.
        /// - Throws: `badFrame` or `tooLarge`.
        public init(_ bytes: ArraySlice<UInt8>) throws(WireError) {
            precondition(bytes.count >= Header.length, "a frame header has \(Header.length) bytes")
            let start = bytes.startIndex
            guard Self.number(bytes[start..<(start + 4)]) == Self.magic else {
                throw WireError(.badFrame, "this is not the schemad protocol: the frame does not start with SCD1")
            }
            guard let kind = Kind(rawValue: bytes[start + 4]) else {
                throw WireError(.badFrame, "the frame has the unknown type \(bytes[start + 4])")
            }
            guard bytes[start + 5] == 0 else {
                throw WireError(.badFrame, "the frame has flags set; this version has no flags")
            }
            try self.init(
                kind: kind, tokenLength: Int(Self.number(bytes[(start + 6)..<(start + 8)])),
                bodyLength: Int(Self.number(bytes[(start + 8)..<(start + 12)])))
        }

        /// Big-endian; at most four bytes.
        private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
            bytes.reduce(0) { $0 << 8 | UInt32($1) }
        }

        /// Writes over the first ``length`` bytes.
        func write(over bytes: inout [UInt8]) {
            func put(_ number: Int, _ count: Int, at place: Int) {
                for index in 0..<count {
                    bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - index)))
                }
            }
            put(Int(Self.magic), 4, at: 0)
            put(Int(kind.rawValue) << 8, 2, at: 4)
            put(tokenLength, 2, at: 6)
            put(bodyLength, 4, at: 8)
        }
    }
}
