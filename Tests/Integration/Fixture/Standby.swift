import Postgres
import Support

/// A server that replicates another one by streaming replication.
enum Standby {
    static func with(
        of primary: EmbeddedCluster, isolation: isolated (any Actor)? = #isolation,
        _ body: (EmbeddedCluster) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let copy = folder.path("copy")
            let url = await primary.url()
            let backup = try await Program.run(
                "\(try await Self.programs())/pg_basebackup",
                ["--dbname", url, "--pgdata", copy, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
            guard backup.status == 0 else { throw SupportError("pg_basebackup: \(backup.standardError)") }
            // The server's account must own the folder, and PostgreSQL requires its mode.
            let chown = try await Program.run(
                "sh",
                [
                    "-c", "chown -R --reference=\"$1\" \"$2\" && chmod 711 \"$3\"", "sh", await primary.folder, copy,
                    folder.path,
                ])
            guard chown.status == 0 else { throw SupportError("chown: \(chown.standardError)") }
            let standby = EmbeddedCluster(.init(clusterName: "standby", template: copy))
            do {
                try await standby.start()
                try await body(standby)
                await standby.remove()
            } catch {
                await standby.remove()
                throw error
            }
        }
    }

    private static func programs() async throws -> String {
        guard let programs = await ServerPrograms.installed() else {
            throw SupportError("PostgreSQL's server programs are not installed.")
        }
        return programs.folder
    }
}
