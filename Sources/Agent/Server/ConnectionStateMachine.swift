import Wire

/// The protocol of one connection without its socket: which frame comes next, and which response may be written.
///
/// Responses are written as they become ready, except those to requests whose envelope could not be read. They carry no
/// id, so a client can match them only because all earlier requests have been answered.
struct ConnectionStateMachine {
    /// What to do next with the bytes received so far.
    enum Step {
        /// A request and its number on this connection.
        case request(number: UInt64, Frame)
        /// Invalid bytes; the connection closes after the response to this number.
        case refused(number: UInt64, WireError)
        /// More bytes, or a response, are needed first.
        case wait
    }

    private var decoder = FrameDecoder(reader: .server)
    private let inFlight: Int
    private var lastNumber: UInt64 = 0
    /// Ascending; no more than `inFlight`.
    private var outstanding: [UInt64] = []
    private var held: [(number: UInt64, response: [UInt8])] = []
    private var isRefused = false

    init(inFlight: Int) { self.inFlight = inFlight }

    /// Whether more bytes should be read from the socket.
    var wantsBytes: Bool { !isRefused && outstanding.count < inFlight }
    /// Whether a frame has begun and not ended.
    var isInsideFrame: Bool { !isRefused && decoder.pendingBytes > 0 }
    /// The number that the next complete frame will have.
    var frameNumber: UInt64 { lastNumber + 1 }
    var isIdle: Bool { outstanding.isEmpty }
    /// Whether no further request or response follows.
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

    /// Drops the incomplete frame; the connection closes after the response to the returned number.
    mutating func abandon() -> UInt64 {
        isRefused = true
        return open()
    }

    private mutating func open() -> UInt64 {
        lastNumber += 1
        outstanding.append(lastNumber)
        return lastNumber
    }

    /// Accepts the response to a request.
    ///
    /// - Parameter isAnonymous: whether the response carries no id.
    /// - Returns: the responses that may be written now, in this order.
    mutating func respond(to number: UInt64, _ response: [UInt8], isAnonymous: Bool) -> [[UInt8]] {
        guard outstanding.contains(number) else { return [] }
        var ready: [[UInt8]] = []
        if isAnonymous {
            // It stays outstanding until it is written, so that it counts as in flight.
            held.append((number, response))
        } else {
            outstanding.removeAll { $0 == number }
            ready.append(response)
        }
        held.sort { $0.number < $1.number }
        while let first = held.first, outstanding.first == first.number {
            outstanding.removeFirst()
            ready.append(held.removeFirst().response)
        }
        return ready
    }
}
