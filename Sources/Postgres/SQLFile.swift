import FoundationEssentials
import Glibc
import Subprocess
import SystemPackage

/// An SQL file in the format of `pg_dump`.
public enum SQLFile {
    /// Runs the file with psql, because dumps contain commands that only psql understands: `COPY … FROM stdin`,
    /// `\restrict`.
    ///
    /// psql reads the address from a temporary service file of mode 0600, so that neither its arguments nor its
    /// environment contain a password.
    ///
    /// - Throws: `configuration` when psql is not installed or the file cannot be read; `server` with psql's message when
    ///   a statement fails. The effects of earlier statements remain.
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
        let failure: String?
        do {
            let outcome = try await run(
                executable, arguments: ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path, "service=schemad"],
                environment: .inherit.updating(["PGSERVICEFILE": service]), input: .none, output: .discarded,
                error: .string(limit: 1 << 16))
            let isGood = if case .exited(0) = outcome.terminationStatus { true } else { false }
            failure = isGood ? nil : outcome.standardError
        } catch {
            throw PostgresError(kind: .configuration, message: "The program psql could not be started.")
        }
        if let failure {
            let lines = failure.split(separator: "\n").prefix(3).joined(separator: " ")
            throw PostgresError(kind: .server, message: lines.isEmpty ? "psql failed without a message." : lines)
        }
    }

    private static func serviceFile(_ address: DatabaseAddress) throws(PostgresError) -> String {
        let options = SessionOptions(applicationName: "schemad psql")
        let lines = address.connectionParameters(options).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var template = Array("/tmp/schemad-service-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0, !lines.contains(where: { $0.contains("\n") }) else {
            throw PostgresError(kind: .configuration, message: "A temporary file could not be created in /tmp.")
        }
        defer { Glibc.close(descriptor) }
        let text = Array("[schemad]\n\(lines.joined(separator: "\n"))\n".utf8)
        let written = unsafe write(descriptor, text, text.count)
        guard written == text.count else {
            throw PostgresError(kind: .configuration, message: "A temporary file in /tmp could not be written.")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
