import CLibPQ
import Glibc

extension Link {
    /// Opens a connection by libpq's rules for hosts, TLS and `target_session_attrs`.
    ///
    /// The asynchronous calls are used because only they let the verbosity be set before the server answers; the
    /// SQLSTATE of a refused login is nowhere else to be had.
    static func open(_ address: DatabaseAddress, _ options: SessionOptions) throws(PostgresError) -> Link {
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
        let link = unsafe Link(started)
        unsafe PQsetErrorVerbosity(link.pointer, PQERRORS_VERBOSE)

        let seconds = options.connectTimeoutSeconds * max(1, address.hosts.count)
        let deadline = ContinuousClock.now + .seconds(seconds)
        var wanted = PGRES_POLLING_WRITING
        while true {
            if unsafe PQstatus(link.pointer) == CONNECTION_BAD || wanted == PGRES_POLLING_FAILED {
                throw link.openingError(address)
            }
            if wanted == PGRES_POLLING_OK { break }
            let events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT
            let left = deadline - .now
            guard left > .zero else {
                throw PostgresError(
                    kind: .unreachable, message: "\(address): no answer within \(seconds) s.",
                    hint: "Is the server running, and does the network let this host through?")
            }
            if unsafe wait(for: events, on: PQsocket(link.pointer), atMost: left) {
                wanted = unsafe PQconnectPoll(link.pointer)
            }
        }
        unsafe PQsetErrorVerbosity(link.pointer, PQERRORS_DEFAULT)
        return link
    }

    /// Reads kind, code and text out of libpq's message: `…: FATAL:  28P01: password authentication failed …`, then
    /// lines like `LOCATION: …`. The severity is in the server's language, the rest of the form is fixed.
    private borrowing func openingError(_ address: DatabaseAddress) -> PostgresError {
        let report = unsafe String(cString: PQerrorMessage(pointer))
        let lines = report.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
        // With several hosts there is a line for each; an answer of a server says more than "connection refused".
        for line in lines.reversed() {
            guard let mark = line.firstRange(of: ":  ") else { continue }
            let rest = line[mark.upperBound...]
            guard rest.count > 7, rest.dropFirst(5).hasPrefix(": ") else { continue }
            let code = String(rest.prefix(5))
            guard code.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }) else { continue }
            let text = String(rest.dropFirst(7))
            return PostgresError(
                kind: openingKind(code, text), sqlstate: code, message: "\(address): \(text)")
        }
        let message = lines.first.map(String.init) ?? "no connection"
        let isLogin = unsafe PQconnectionNeedsPassword(pointer) == 1
        return PostgresError(
            kind: isLogin ? .authentication : .unreachable, message: "\(address): \(message)",
            hint: isLogin ? "The address holds no password." : nil)
    }
}

/// What a refusal before the session has begun means. PgBouncer has one code, 08P01, for all of its own.
private func openingKind(_ code: String, _ text: String) -> PostgresError.Kind {
    if code == "08P01" {
        if text.contains("no such database") { return .unknownDatabase }
        if text.contains("authentication failed") || text.contains("no such user") { return .authentication }
    }
    let kind = PostgresError.kind(ofSQLState: code)
    return kind == .connectionLost ? .unreachable : kind
}

/// Waits until the descriptor is ready for the events of `poll(2)`.
///
/// - Returns: false when the time is over or a signal came first.
func wait(for events: CInt, on descriptor: CInt, atMost duration: Duration) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    // Rounded up, except that nothing to wait for is no wait at all.
    return unsafe poll(&entry, 1, duration > .zero ? CInt(clamping: milliseconds + 1) : 0) > 0
}

/// Lends an array of C strings, NULL for nil, with a NULL behind the last.
func withCStrings<R>(
    _ strings: [String?], _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>) -> R
) -> R {
    let copies = unsafe strings.map { string in unsafe string.flatMap { unsafe strdup($0) } }
    defer { for index in strings.indices { unsafe free(copies[index]) } }
    var pointers = unsafe copies.map { unsafe UnsafePointer($0) }
    unsafe pointers.append(nil)
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
        // Never empty: the NULL is there.
        unsafe body(buffer.baseAddress.unsafelyUnwrapped)
    }
}
