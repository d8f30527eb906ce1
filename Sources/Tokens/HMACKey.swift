import COpenSSL
import Synchronization

/// A secret as HMAC-SHA-256 uses it. The bytes themselves are not kept: only OpenSSL's keyed context, which is
/// duplicated for each message (0.5 µs, where keying anew takes more than twice that).
public final class HMACKey: Sendable {
    private let template: Mutex<MACContext>

    /// - Parameter secret: at least one byte; OpenSSL would accept an empty key, under which anybody can compute a MAC.
    /// - Returns: nil for an empty secret.
    public init?(_ secret: [UInt8]) {
        guard !secret.isEmpty else { return nil }
        template = Mutex(MACContext(key: secret))
    }

    /// The MAC of `message`: 32 bytes.
    public func authenticationCode(for message: [UInt8]) -> [UInt8] {
        let context = template.withLock { $0.duplicate() }
        return context.finish(message)
    }

    /// Whether `code` is the MAC of `message`, found out in a time that does not depend on where they differ.
    public func isValid(_ code: [UInt8], for message: [UInt8]) -> Bool {
        constantTimeEquals(code, authenticationCode(for: message))
    }
}

/// Whether both have the same bytes. The time depends on the lengths only, which are no secret.
public func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe left.withUnsafeBytes { left in
        unsafe right.withUnsafeBytes { right in
            unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
        }
    }
}

/// Owner of one `EVP_MAC_CTX`; `@safe`, for the pointer never leaves it. Unchecked, because the compiler cannot know
/// that OpenSSL binds a context to no thread; there is one owner only, and nothing here changes a context that is
/// merely borrowed.
@safe private struct MACContext: ~Copyable, @unchecked Sendable {
    /// Fetched once; sharing is sound for the reason given at ``SHA256``.
    private nonisolated(unsafe) static let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil)

    private let context: OpaquePointer

    init(key: [UInt8]) {
        guard let context = unsafe EVP_MAC_CTX_new(Self.algorithm) else {
            preconditionFailure("OpenSSL has no HMAC; is its default provider installed?")
        }
        let status = unsafe key.withUnsafeBufferPointer {
            unsafe schemad_hmac_sha256_init(context, $0.baseAddress, $0.count)
        }
        precondition(status == 1, "OpenSSL cannot key HMAC-SHA-256")
        unsafe self.context = unsafe context
    }

    private init(owning context: OpaquePointer) {
        unsafe self.context = unsafe context
    }

    deinit {
        // Clears the key in memory before it frees it.
        unsafe EVP_MAC_CTX_free(context)
    }

    /// A context of its own, keyed like this one; it shares nothing with it.
    func duplicate() -> MACContext {
        guard let copy = unsafe EVP_MAC_CTX_dup(context) else { preconditionFailure("OpenSSL is out of memory") }
        return unsafe MACContext(owning: copy)
    }

    consuming func finish(_ message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: SHA256.length)
        var length = 0
        let updated = unsafe message.withUnsafeBufferPointer {
            unsafe EVP_MAC_update(context, $0.baseAddress, $0.count)
        }
        let finished = unsafe code.withUnsafeMutableBufferPointer {
            unsafe EVP_MAC_final(context, $0.baseAddress, &length, $0.count)
        }
        precondition(updated == 1 && finished == 1 && length == SHA256.length, "OpenSSL cannot compute HMAC-SHA-256")
        return code
    }
}
