/// Bytes in, frames out: a pure value without a socket, one for each direction of a connection.
///
/// It holds only what has arrived; a declared length allocates nothing. After an error it stays in that error, since
/// the start of the next frame can no longer be known.
public struct FrameDecoder: Sendable {
    /// Who reads. A server accepts requests only, a client everything but requests.
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

    /// Bytes that have arrived and belong to a frame that is not complete; the clock of the frame timeout runs while it
    /// is not zero.
    public var pendingBytes: Int { buffer.count - start }

    public mutating func append(_ bytes: [UInt8]) {
        guard failure == nil else { return }
        if buffer.isEmpty { buffer = bytes } else { buffer += bytes }
    }

    /// The next complete frame, or nil when more bytes are needed.
    ///
    /// - Throws: `badFrame` or `tooLarge`; again and again, once it has.
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
                throw WireError(.badFrame, "a \(found.kind) goes the other way")
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

    /// Moves the rest to the front only when that is cheap, so that many small frames in one read stay linear.
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
