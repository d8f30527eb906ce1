import Glibc

/// Why a file cannot be read or written.
package struct FilesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Code: Sendable {
        /// There is no such file or folder.
        case missing
        /// The permissions do not allow it.
        case denied
        /// A symbolic link where none is followed.
        case symbolicLink
        /// A folder, pipe, socket or device.
        case notRegular
        /// The file holds more than the limit.
        case tooLarge
        /// Other users may read or write a file that holds a secret.
        case notPrivate
        /// Any other error of the system.
        case system
    }

    package let code: Code
    /// What is wrong, without the file's name: the system's text, or `it is …`.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The error for an `errno`, with the system's text.
    package init(errno number: Int32) {
        code =
            switch number {
            case ENOENT, ENOTDIR: .missing
            case EACCES, EPERM: .denied
            default: .system
            }
        message = SystemError.text(number)
    }

    static func tooLarge(limit: Int) -> FilesError {
        let size =
            switch limit {
            case _ where limit.isMultiple(of: 1 << 20): "\(limit >> 20) MiB"
            case _ where limit.isMultiple(of: 1 << 10): "\(limit >> 10) KiB"
            default: "\(limit) bytes"
            }
        return FilesError(.tooLarge, "it is larger than \(size)")
    }

    static let notRegular = FilesError(.notRegular, "it is not a regular file")

    /// The message.
    package var description: String { message }
}

/// Error numbers of the system.
package enum SystemError {
    /// The system's text for an `errno`, such as `No such file or directory`.
    package static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        let status = unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return Int32(-1) }
            return unsafe strerror_r(number, start, buffer.count)
        }
        guard status == 0 else { return "error \(number)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
