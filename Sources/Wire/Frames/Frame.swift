/// One message on the socket: what kind it is, the token (requests only) and the JSON body, both as bytes.
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
    /// Empty when the request carries no token; always empty on other kinds.
    public var token: [UInt8]
    public var body: [UInt8]

    public init(_ kind: Kind, token: [UInt8] = [], body: [UInt8]) {
        self.kind = kind
        self.token = token
        self.body = body
    }

    /// Header, token and body as they go over the socket.
    ///
    /// - Throws: `tooLarge` when token or body pass their limits, `badFrame` for an empty body or a token that is not
    ///   on a request: what this side sends is held to the same rules as what it accepts.
    public func encoded() throws(WireError) -> [UInt8] {
        let header = try Header(kind: kind, tokenLength: token.count, bodyLength: body.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Header.length + token.count + body.count)
        header.write(to: &bytes)
        bytes += token
        bytes += body
        return bytes
    }
}

extension Frame {
    /// The twelve bytes before token and body. A value of this type has passed every check that the header alone
    /// allows.
    public struct Header: Hashable, Sendable {
        public static let length = 12
        static let magic: [UInt8] = [0x53, 0x43, 0x44, 0x31]

        public let kind: Kind
        public let tokenLength: Int
        public let bodyLength: Int

        /// The bytes that follow the header.
        public var remaining: Int { tokenLength + bodyLength }

        /// - Throws: `badFrame` for an empty body or a token on anything but a request, `tooLarge` past the limits.
        public init(kind: Kind, tokenLength: Int, bodyLength: Int) throws(WireError) {
            guard tokenLength == 0 || kind == .request else {
                throw WireError(.badFrame, "only a request carries a token")
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
        /// - Throws: `badFrame` or `tooLarge`; nothing after the header has to be there for that.
        public init(_ bytes: some Sequence<UInt8>) throws(WireError) {
            let header = Array(bytes.prefix(Header.length))
            precondition(header.count == Header.length, "a frame header has \(Header.length) bytes")
            guard header.starts(with: Header.magic) else {
                throw WireError(.badFrame, "this is not the schemad protocol: the frame does not start with SCD1")
            }
            guard let kind = Kind(rawValue: header[4]) else {
                throw WireError(.badFrame, "the frame has the unknown type \(header[4])")
            }
            guard header[5] == 0 else { throw WireError(.badFrame, "the frame has flags set; there are none yet") }
            try self.init(
                kind: kind,
                tokenLength: Int(header[6]) << 8 | Int(header[7]),
                bodyLength: header[8..<12].reduce(0) { $0 << 8 | Int($1) })
        }

        func write(to bytes: inout [UInt8]) {
            bytes += Header.magic
            bytes += [kind.rawValue, 0, UInt8(tokenLength >> 8), UInt8(tokenLength & 0xFF)]
            bytes += [24, 16, 8, 0].map { UInt8(bodyLength >> $0 & 0xFF) }
        }
    }
}
