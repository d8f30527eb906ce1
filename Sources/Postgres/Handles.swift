import CLibPQ

/// Owns an open or half-open connection of libpq and closes it.
@safe struct Link: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe PQfinish(pointer)
    }
}

/// Owns one answer of the server and frees it.
@safe struct Answer: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe PQclear(pointer)
    }

    /// A field of an error, nil when the server sent none.
    func field(_ code: CInt) -> String? {
        unsafe text(PQresultErrorField(pointer, code))
    }
}

/// Owns what is needed to cancel a statement of one connection.
///
/// Sendable although it holds a pointer: libpq never changes a `PGcancel` after it was made, and only the owner frees
/// it.
@safe struct CancelKey: ~Copyable, @unchecked Sendable {
    let pointer: OpaquePointer

    init?(_ link: borrowing Link) {
        guard let pointer = unsafe PQgetCancel(link.pointer) else { return nil }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe PQfreeCancel(pointer)
    }
}

/// The text behind a C string that libpq keeps, nil for NULL.
func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
}
