import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// An SQL file as `pg_dump` writes them.
public enum SQLFile {
    /// Runs the file with psql, since dumps hold what only psql understands: `COPY … FROM stdin`, `\restrict`.
    ///
    /// The address reaches psql in a file of mode 0600 that is gone afterwards: neither its arguments nor its
    /// environment show a password.
    ///
    /// - Throws: `configuration` without psql or when the file cannot be read; `server` with psql's complaint when a
    ///   statement fails. What ran before it stays.
    public static func load(_ path: String, into address: DatabaseAddress) async throws(PostgresError) {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw PostgresError(kind: .configuration, message: "\(path) cannot be read.")
        }
        let service = try serviceFile(address)
        defer { unsafe unlink(service) }
        let psql = await ServerPrograms.installed().map { "\($0.folder)/psql" }
        let executable: Executable =
            psql.flatMap { FileManager.default.isExecutableFile(atPath: $0) ? .path(FilePath($0)) : nil }
            ?? .name("psql")
        let complaint: String?
        do {
            let outcome = try await run(
                executable, arguments: ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path, "service=schemad"],
                environment: .inherit.updating(["PGSERVICEFILE": service]), input: .none, output: .discarded,
                error: .string(limit: 1 << 16))
            let isGood = if case .exited(0) = outcome.terminationStatus { true } else { false }
            complaint = isGood ? nil : outcome.standardError
        } catch {
            throw PostgresError(kind: .configuration, message: "The program psql cannot be started.")
        }
        if let complaint {
            let lines = complaint.split(separator: "\n").prefix(3).joined(separator: " ")
            throw PostgresError(kind: .server, message: lines.isEmpty ? "psql ended with an error." : lines)
        }
    }

    private static func serviceFile(_ address: DatabaseAddress) throws(PostgresError) -> String {
        let options = SessionOptions(applicationName: "schemad psql")
        let lines = address.connectionParameters(options).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var template = Array("/tmp/schemad-service-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0, !lines.contains(where: { $0.contains("\n") }) else {
            throw PostgresError(kind: .configuration, message: "No file can be made in /tmp.")
        }
        defer { Glibc.close(descriptor) }
        let text = Array("[schemad]\n\(lines.joined(separator: "\n"))\n".utf8)
        let written = unsafe write(descriptor, text, text.count)
        guard written == text.count else {
            throw PostgresError(kind: .configuration, message: "A file in /tmp cannot be written.")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
