import Files
import FoundationEssentials
import Schema
import Synchronization

/// The file of accepted differences that the settings name. It is read again when it changes.
final class BaselineFile: Sendable {
    private let path: String?
    private let known = Mutex<(stamp: FileStamp?, content: Result<Baseline?, InspectionError>, reads: Int)?>(nil)

    init(_ path: String?) { self.path = path }

    /// The content, nil where the settings name no file, and how often it was read.
    func current() -> (content: Result<Baseline?, InspectionError>, reads: Int) {
        guard let path else { return (.success(nil), 0) }
        let stamp = FileStamp(path: path)
        return known.withLock { known in
            if let known, known.stamp == stamp { return (known.content, known.reads) }
            let read = (stamp: stamp, content: Self.read(path), reads: (known?.reads ?? 0) + 1)
            known = read
            return (read.content, read.reads)
        }
    }

    private static func read(_ path: String) -> Result<Baseline?, InspectionError> {
        let bytes: [UInt8]
        do {
            bytes = try FileSystem.read(path, limit: 64 << 20)
        } catch {
            return .failure(InspectionError(.invalidSettings, "the baseline \(path) cannot be read: \(error)"))
        }
        guard let baseline = try? JSONDecoder().decode(Baseline.self, from: Data(bytes)) else {
            return .failure(
                InspectionError(
                    .invalidSettings,
                    "\(path) is not a baseline of this version: create it again with adminctl diagnose --write-baseline"
                ))
        }
        return .success(baseline)
    }
}
