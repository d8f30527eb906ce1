/// Decodes bytes into frames, for one direction of a connection. A pure value without a socket.
///
/// It stores only bytes that have arrived; a declared length allocates nothing. An error is final, since the start of
/// the next frame is not known after it.
public struct FrameDecoder: Sendable {
    /// The side that reads. A server accepts only requests, a client all other kinds.
    public enum Reader: Hashable, Sendable {
        case server, client

        func accepts(_ kind: Frame.Kind) -> Bool { (kind == .request) == (self == .server) }
    }

    private let reader: Reader
    private var buffer: [UInt8] = []
    private var start = 0
    private var header: Frame.Header?
    private var failure: WireError?

    public init(reader: Reader) {
        self.reader = reader
    }

    /// The number of bytes of an incomplete frame that have arrived. The frame timeout runs while it is not zero.
    public var pendingBytes: Int { buffer.count - start }

    public mutating func append(_ bytes: [UInt8]) {
        guard failure == nil else { return }
        if buffer.isEmpty { buffer = bytes } else { buffer += bytes }
    }

    /// The next complete frame, or nil when more bytes are needed.
    ///
    /// - Throws: `badFrame` or `tooLarge`, and the same error on every later call.
    public mutating func next() throws(WireError) -> Frame? {
        if let failure { throw failure }
        do {
            return try decode()
        } catch {
            failure = error
            buffer = []
            start = 0
            throw error
        }
    }

    private mutating func decode() throws(WireError) -> Frame? {
        if header == nil {
            guard pendingBytes >= Frame.Header.length else { return nil }
            let found = try Frame.Header(buffer[start...])
            guard reader.accepts(found.kind) else {
                throw WireError(.badFrame, "a \(found.kind) frame is not allowed in this direction")
            }
            header = found
        }
        guard let header, pendingBytes >= Frame.Header.length + header.remaining else { return nil }
        let tokenStart = start + Frame.Header.length
        let bodyStart = tokenStart + header.tokenLength
        let end = bodyStart + header.bodyLength
        let frame = Frame(
            header.kind, token: Array(buffer[tokenStart..<bodyStart]), body: Array(buffer[bodyStart..<end]))
        self.header = nil
        start = end
        discardConsumed()
        return frame
    }

    /// Moves the remaining bytes to the front only when that is cheap, so that many small frames in one read take linear
    /// time.
    private mutating func discardConsumed() {
        if start == buffer.count {
            buffer = []
            start = 0
        } else if start >= 16 * 1024, start * 2 >= buffer.count {
            buffer.removeFirst(start)
            start = 0
        }
    }
}
