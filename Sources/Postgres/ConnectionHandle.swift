import CLibPQ
import Glibc

/// Owns a libpq connection, open or being opened, and closes it.
@safe struct ConnectionHandle: ~Copyable {
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe PQfinish(pointer)
    }

    /// Opens a connection by libpq's rules for hosts, TLS and `target_session_attrs`.
    ///
    /// Uses libpq's asynchronous calls, because only they allow setting the verbosity before the server responds. The
    /// SQLSTATE of a refused login appears only in the verbose message.
    static func open(
        _ address: DatabaseAddress, _ options: SessionOptions
    ) throws(PostgresError) -> ConnectionHandle {
        let parameters = address.connectionParameters(options)
        let names = parameters.keys.sorted()
        let started = unsafe withCStrings(names) { names in
            unsafe withCStrings(parameters.keys.sorted().map { parameters[$0] }) { values in
                unsafe PQconnectStartParams(names, values, 0)
            }
        }
        guard let started = unsafe started else {
            throw PostgresError(kind: .unreachable, message: "\(address): libpq is out of memory.")
        }
        let connection = unsafe ConnectionHandle(started)
        unsafe PQsetErrorVerbosity(connection.pointer, PQERRORS_VERBOSE)

        let seconds = options.connectTimeoutSeconds * max(1, address.hosts.count)
        let deadline = ContinuousClock.now + .seconds(seconds)
        var wanted = PGRES_POLLING_WRITING
        while true {
            if unsafe PQstatus(connection.pointer) == CONNECTION_BAD || wanted == PGRES_POLLING_FAILED {
                throw connection.openingError(address)
            }
            if wanted == PGRES_POLLING_OK { break }
            let events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT
            let left = deadline - .now
            guard left > .zero else {
                throw PostgresError(
                    kind: .unreachable, message: "\(address): no response within \(seconds) s.",
                    hint: "Check that the server is running and reachable from this host.")
            }
            if unsafe wait(for: events, on: PQsocket(connection.pointer), atMost: left) {
                wanted = unsafe PQconnectPoll(connection.pointer)
            }
        }
        unsafe PQsetErrorVerbosity(connection.pointer, PQERRORS_DEFAULT)
        return connection
    }

    /// Reads kind, code and text from libpq's message: `…: FATAL:  28P01: password authentication failed …`, followed
    /// by lines like `LOCATION: …`. The severity is in the server's language, the rest of the format is fixed.
    private borrowing func openingError(_ address: DatabaseAddress) -> PostgresError {
        let report = unsafe String(cString: PQerrorMessage(pointer))
        let lines = report.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
        // Each host has a line of its own; a server's error says more than "connection refused".
        for line in lines.reversed() {
            guard let mark = line.firstRange(of: ":  ") else { continue }
            let rest = line[mark.upperBound...]
            guard rest.count > 7, rest.dropFirst(5).hasPrefix(": ") else { continue }
            let code = String(rest.prefix(5))
            guard code.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }) else { continue }
            let text = String(rest.dropFirst(7))
            return PostgresError(
                kind: Self.openingKind(code, text), sqlstate: code, message: "\(address): \(text)")
        }
        let message = lines.first.map(String.init) ?? "no connection"
        let isLogin = unsafe PQconnectionNeedsPassword(pointer) == 1
        return PostgresError(
            kind: isLogin ? .authentication : .unreachable, message: "\(address): \(message)",
            hint: isLogin ? "The server requires a password, and the address has none." : nil)
    }

    /// The kind of an error that was reported before the session began. PgBouncer uses one code, 08P01, for all of its
    /// own errors.
    private static func openingKind(_ code: String, _ text: String) -> PostgresError.Kind {
        if code == "08P01" {
            if text.contains("no such database") { return .unknownDatabase }
            if text.contains("authentication failed") || text.contains("no such user") { return .authentication }
        }
        let kind = PostgresError.kind(ofSQLState: code)
        return kind == .connectionLost ? .unreachable : kind
    }
}

/// Waits until the descriptor is ready for the events of `poll(2)`.
///
/// - Returns: false after a timeout or a signal.
func wait(for events: CInt, on descriptor: CInt, atMost duration: Duration) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    // Rounded up, except that a zero duration does not wait at all.
    return unsafe poll(&entry, 1, duration > .zero ? CInt(clamping: milliseconds + 1) : 0) > 0
}

/// Copies the C string at a pointer that libpq owns, nil for NULL.
func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
}

/// Passes a NULL-terminated array of C strings to the body; nil elements become NULL.
func withCStrings<R>(
    _ strings: [String?], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> R
) -> R {
    let copies = unsafe strings.map { string in unsafe string.flatMap { unsafe strdup($0) } }
    defer { for index in strings.indices { unsafe free(copies[index]) } }
    var pointers = unsafe copies.map { unsafe UnsafePointer($0) }
    unsafe pointers.append(nil)
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
        // Never empty: it holds at least the terminating NULL.
        unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
}
