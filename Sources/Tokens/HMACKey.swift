import COpenSSL
import Digests
import Synchronization

/// A secret as HMAC-SHA-256 uses it. The bytes themselves are not kept: only OpenSSL's keyed context.
public final class HMACKey: Sendable {
    private let context: Mutex<MACContext>
    private let reusesContext: Bool

    /// - Parameter secret: at least one byte; OpenSSL would accept an empty key, with which anyone can compute a MAC.
    /// - Returns: nil for an empty secret.
    public convenience init?(_ secret: [UInt8]) {
        // Before OpenSSL 3.0.3 a context continues after the last message (openssl/openssl issue 17811).
        self.init(secret, reusesContext: OpenSSL_version_num() >= 0x3000_0030)
    }

    /// - Parameter reusesContext: whether one context is used for all messages (0.6 µs each), or a duplicate for each
    ///   (1.2 µs).
    init?(_ secret: [UInt8], reusesContext: Bool) {
        guard !secret.isEmpty else { return nil }
        context = Mutex(MACContext(key: secret))
        self.reusesContext = reusesContext
    }

    /// The MAC of `message`: 32 bytes.
    public func authenticationCode(for message: [UInt8]) -> [UInt8] { code(of: message).array }

    func code(of message: [UInt8]) -> Digest {
        reusesContext
            ? context.withLock { $0.code(of: message) } : context.withLock { $0.duplicate() }.onlyCode(of: message)
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

/// Owner of one `EVP_MAC_CTX`. `@safe`, because the pointer never leaves it. Unchecked, because the compiler cannot know
/// that OpenSSL does not bind a context to a thread; the context has one owner, and only that changes it.
@safe private struct MACContext: ~Copyable, @unchecked Sendable {
    /// Fetched once. An algorithm object never changes after that and counts its references atomically (OpenSSL,
    /// crypto(7)), so that it can be shared.
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

    deinit {
        // Clears the key in memory before freeing it.
        unsafe EVP_MAC_CTX_free(context)
    }

    /// A separate context with the same key.
    func duplicate() -> MACContext {
        guard let copy = unsafe EVP_MAC_CTX_dup(context) else { preconditionFailure("OpenSSL is out of memory") }
        return unsafe MACContext(owning: copy)
    }

    private init(owning context: OpaquePointer) {
        unsafe self.context = unsafe context
    }

    /// The code of one more message.
    mutating func code(of message: [UInt8]) -> Digest {
        // Without a key, the context keeps the one that it has.
        precondition(unsafe EVP_MAC_init(context, nil, 0, nil) == 1, "OpenSSL cannot start HMAC-SHA-256")
        return finish(message)
    }

    /// The code of the only message.
    consuming func onlyCode(of message: [UInt8]) -> Digest { finish(message) }

    private func finish(_ message: [UInt8]) -> Digest {
        unsafe Digest { code in
            var length = 0
            let updated = unsafe message.withUnsafeBufferPointer {
                unsafe EVP_MAC_update(context, $0.baseAddress, $0.count)
            }
            let finished = unsafe EVP_MAC_final(context, code.baseAddress, &length, code.count)
            precondition(
                updated == 1 && finished == 1 && length == Digest.length, "OpenSSL cannot compute HMAC-SHA-256")
        }
    }
}
