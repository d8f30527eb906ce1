/// Words of a command line that a user pastes.
public enum ShellWord {
    /// `text` as one word of a POSIX shell: as it is where that is safe, in single quotes otherwise.
    ///
    /// A word with characters that a terminal would obey or hide is written as `$'…'` with octal escapes (POSIX 2024,
    /// bash, zsh, ksh), so that what is pasted is what was meant and nothing of it reaches the terminal raw.
    public static func quoted(_ text: String) -> String {
        if !text.isEmpty, text.utf8.allSatisfy(isPlain), !text.hasPrefix("-"), !text.hasPrefix("~") { return text }
        if text.unicodeScalars.contains(where: TerminalText.isHidden) { return escaped(text) }
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
