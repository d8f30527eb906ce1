/// The stacks of a Python process that was stopped, as `faulthandler` writes them: for each thread a line that ends with
/// `(most recent call first):`, then its frames as `  File "…", line N in function`.
struct StackDump {
    struct Frame: Equatable {
        /// As Python knows it: absolute, or relative to the working directory.
        var file: String
        var line: Int?
        var function: String
    }

    /// The frames of the main thread, the innermost first.
    let frames: [Frame]
    private let folder: String

    /// The frames in the evidence of an error, and how many of them are of packages.
    private static let mostFrames = 12
    private static let mostPackageFrames = 3

    /// - Parameters:
    ///   - output: what the process wrote, which ends with the dump.
    ///   - folder: the working directory of the process, in which files of the project are.
    /// - Returns: nil when there is no dump.
    init?(_ output: String, folder: String) {
        self.folder = folder
        var threads: [[Frame]] = []
        for line in output.split(whereSeparator: \.isNewline) {
            if line.wholeMatch(of: /(?:Current thread|Thread) 0x[0-9a-f]+.* \(most recent call first\):/) != nil {
                threads.append([])
            } else if let match = line.wholeMatch(of: #/  File "(.*)", line (\d+|\?+) in (.*)/#), !threads.isEmpty {
                let file = Self.decoded(match.1)
                threads[threads.count - 1].append(
                    Frame(
                        file: file.hasPrefix("/") || file.hasPrefix("<") ? file : folder + "/" + file,
                        line: Int(match.2), function: Self.decoded(match.3)))
            }
        }
        // Only the main thread runs the runner's main module; of a very deep stack the outer end is left out.
        guard let frames = threads.last(where: { $0.contains { $0.file == "<schemad main>" } }) ?? threads.last,
            !frames.isEmpty
        else { return nil }
        self.frames = frames
    }

    /// The innermost line of the project; nil when none is among the frames.
    var place: Frame? { frames.first(where: isProject) }

    /// Lines such as `/srv/app/migrations/env.py:12 in run`: the innermost frames, then those of the project.
    var lines: [String] {
        let shown = frames.filter { !$0.file.hasPrefix("<") }
        let end = shown.lastIndex(where: isProject).map { $0 + 1 } ?? shown.count
        let kept = shown[..<end].enumerated().filter { $0.offset < Self.mostPackageFrames || isProject($0.element) }
        return kept.prefix(Self.mostFrames).map { _, frame in
            frame.file + (frame.line.map { ":\($0)" } ?? "") + " in " + frame.function
        }
    }

    /// Whether it is code of the project: neither an installed package nor Python's own library.
    private func isProject(_ frame: Frame) -> Bool {
        guard frame.file.hasPrefix("/"), frame.line != nil,
            frame.file.firstMatch(of: /\/(?:site|dist)-packages\//) == nil
        else { return false }
        return frame.file.hasPrefix(folder + "/") || frame.file.firstMatch(of: /\/lib\/python\d[\d.]*\//) == nil
    }

    /// `faulthandler` writes other characters than printable ASCII as `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
    private static func decoded(_ text: Substring) -> String {
        String(text).replacing(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))/) { match in
            let digits = match.1 ?? match.2 ?? match.3 ?? ""
            return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init).map { String(Character($0)) }
                ?? String(match.0)
        }
    }
}
