import Digests
import Tokens

/// The secrets of one route. Several are valid at once while they are being rotated.
///
/// Only digests and HMAC keys are kept, not the secrets themselves. Each comparison checks every secret and takes the
/// same time whatever was presented.
struct Secrets: Sendable {
    /// In bytes; a shorter secret could be guessed.
    static let minimumLength = 16

    private let digests: [[UInt8]]
    private let keys: [HMACKey]

    /// - Parameter texts: one or more, each of at least ``minimumLength`` bytes; nil otherwise.
    init?(_ texts: [String]) {
        guard !texts.isEmpty, texts.allSatisfy({ $0.utf8.count >= Self.minimumLength }) else { return nil }
        digests = texts.map { SHA256.hash(Array($0.utf8)) }
        keys = texts.compactMap { HMACKey(Array($0.utf8)) }
    }

    /// Whether `presented` is one of the secrets.
    func contain(_ presented: String) -> Bool {
        // Digests have one length, so that the time does not even reveal the length of a secret.
        let digest = SHA256.hash(Array(presented.utf8))
        return digests.reduce(false) { constantTimeEquals($1, digest) || $0 }
    }

    /// Whether `signature` (`sha256=` and 64 lowercase hexadecimal digits) is the HMAC of `body` with one of the secrets.
    func sign(_ body: [UInt8], as signature: String) -> Bool {
        let presented = Array(signature.utf8)
        return keys.reduce(false) {
            let expected = "sha256=" + $1.authenticationCode(for: body).hexadecimal
            return constantTimeEquals(Array(expected.utf8), presented) || $0
        }
    }
}
