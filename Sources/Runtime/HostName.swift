import Glibc

/// What tells this process apart from those of other hosts.
public enum HostName {
    /// As `gethostname(2)` says; empty when it fails.
    public static let current: String = {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()

    /// The id of this process.
    public static let process: Int32 = getpid()
}
