/// Words of a shell command that users paste.
public enum ShellWord {
    /// `text` as one word of a POSIX shell: unchanged if that is safe, in single quotes otherwise.
    ///
    /// A word with characters that control a terminal or are invisible is written as `$'…'` with octal escapes (POSIX
    /// 2024, bash, zsh, ksh), so that none of them reaches the terminal.
    public static func quoted(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isPlain), !text.hasPrefix("-"), !text.hasPrefix("~") { return text }
        if text.unicodeScalars.contains(where: SafeText.isHidden) { return escaped(text) }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static func escaped(_ text: String) -> String {
        var word = "$'"
        for byte in text.utf8 {
            if (0x20...0x7E).contains(byte), byte != 0x27, byte != 0x5C {
                word.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 8)
                word += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }
        return word + "'"
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true  // digits and letters
        case 0x2B, 0x2D, 0x2E, 0x2F, 0x3A, 0x40, 0x5F, 0x2C, 0x25: true  // + - . / : @ _ , %
        default: false
        }
    }
}
