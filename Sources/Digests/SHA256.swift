import COpenSSL

/// SHA-256 through OpenSSL.
public enum SHA256 {
    public static let length = Digest.length

    /// Fetched once, since OpenSSL would otherwise search its providers for each digest. An algorithm object never
    /// changes after that and counts its references atomically (OpenSSL, crypto(7)), so that it can be shared.
    private nonisolated(unsafe) static let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil)

    /// The digest of `bytes`: ``length`` bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { digest(bytes).array }

    package static func digest(_ bytes: [UInt8]) -> Digest {
        unsafe Digest { output in
            let status = unsafe bytes.withUnsafeBytes { input in
                unsafe EVP_Digest(input.baseAddress, input.count, output.baseAddress, nil, algorithm, nil)
            }
            precondition(status == 1, "OpenSSL cannot compute SHA-256; is its default provider installed?")
        }
    }
}
