import COpenSSL

/// SHA-256 through OpenSSL.
public enum SHA256 {
    public static let length = 32

    /// Fetched once, since OpenSSL would otherwise search its providers for each digest. Unchecked sharing is sound: an
    /// algorithm object never changes after it was fetched and counts its references atomically (OpenSSL, crypto(7)).
    private nonisolated(unsafe) static let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)

    /// The digest of `bytes`: ``length`` bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: length)
        let status = unsafe bytes.withUnsafeBytes { input in
            unsafe digest.withUnsafeMutableBufferPointer { output in
                unsafe EVP_Digest(input.baseAddress, input.count, output.baseAddress, nil, algorithm, nil)
            }
        }
        precondition(status == 1, "OpenSSL cannot compute SHA-256; is its default provider installed?")
        return digest
    }
}
