import Wire

/// The order of things on one connection, without a socket: which frame comes next, and which answer may go out.
///
/// Answers leave as they come, except those to requests whose envelope could not be read: they carry no id, so a client
/// can tell which request they belong to only because every earlier request has been answered before.
struct Conversation {
    /// What the bytes received so far call for.
    enum Step {
        /// A request, with the number under which it is answered.
        case request(number: UInt64, Frame)
        /// The bytes are no protocol; after the answer of this number the connection closes.
        case refused(number: UInt64, WireError)
        /// More bytes, or an answer, must come first.
        case wait
    }

    private var decoder = FrameDecoder(reader: .server)
    private let inFlight: Int
    private var lastNumber: UInt64 = 0
    /// Ascending; no more than `inFlight`.
    private var outstanding: [UInt64] = []
    private var held: [(number: UInt64, answer: [UInt8])] = []
    private var isRefused = false

    init(inFlight: Int) { self.inFlight = inFlight }

    /// Whether more bytes should be read from the socket.
    var wantsBytes: Bool { !isRefused && outstanding.count < inFlight }
    /// Whether a frame has begun and not ended.
    var isInsideFrame: Bool { !isRefused && decoder.pendingBytes > 0 }
    /// The number that the next complete frame will have.
    var frameNumber: UInt64 { lastNumber + 1 }
    var isIdle: Bool { outstanding.isEmpty }
    /// Whether nothing more will be said.
    var isOver: Bool { isRefused && outstanding.isEmpty }

    mutating func receive(_ bytes: [UInt8]) { decoder.append(bytes) }

    mutating func next() -> Step {
        guard wantsBytes else { return .wait }
        do {
            guard let frame = try decoder.next() else { return .wait }
            return .request(number: open(), frame)
        } catch {
            isRefused = true
            return .refused(number: open(), error)
        }
    }

    /// Gives up on the frame that is under way; after the answer of the number the connection closes.
    mutating func abandon() -> UInt64 {
        isRefused = true
        return open()
    }

    private mutating func open() -> UInt64 {
        lastNumber += 1
        outstanding.append(lastNumber)
        return lastNumber
    }

    /// Takes the answer to a request.
    ///
    /// - Parameter isAnonymous: whether the answer carries no id.
    /// - Returns: the answers that may be written now, in this order.
    mutating func answer(_ number: UInt64, _ answer: [UInt8], isAnonymous: Bool) -> [[UInt8]] {
        guard outstanding.contains(number) else { return [] }
        var ready: [[UInt8]] = []
        if isAnonymous {
            // It stays outstanding until it is written, so that a held answer keeps its place in flight.
            held.append((number, answer))
        } else {
            outstanding.removeAll { $0 == number }
            ready.append(answer)
        }
        held.sort { $0.number < $1.number }
        while let first = held.first, outstanding.first == first.number {
            outstanding.removeFirst()
            ready.append(held.removeFirst().answer)
        }
        return ready
    }
}
