import Support
import Testing

extension AgreementTests {
    /// Single behaviours of Alembic: `schemad graph` does the same, or the exception is listed here.
    @Test("behaviours")
    func behaviours() async throws {
        /// Accepted by Alembic, possibly with a warning, and refused by schemad because an upgrade would fail or be wrong.
        let stricter: Set = [
            "an id twice", "an empty revision", "a revision named head", "a revision that is bytes",
            "a revision that is a tuple", "a label that is a number", "a cycle between a base and a head",
            "a dependency on its own label, in a line", "ids that only their bytes tell apart",
        ]
        /// Refused by both, with different errors.
        let renamed: Set = ["depends_on of a base is empty", "a revision that is a number"]
        try await TemporaryFolder.with { folder in
            var refused: Set<String> = []
            for truth in try await Oracle().behaviours(in: folder.path("newest")) {
                let comparison = try await ProjectComparison(truth, .behaviours)
                if stricter.contains(truth.layout) || renamed.contains(truth.layout) {
                    #expect((truth.refusal == nil) == stricter.contains(truth.layout), "\(truth.layout)")
                    if comparison.isRefusedForItsScripts { refused.insert(truth.layout) }
                } else {
                    Disagreement.expectNone([comparison.disagreement()].compactMap { $0 })
                }
            }
            #expect(refused == stricter.union(renamed))
        }
    }

    /// Older versions of Alembic differ from the newest one only in the listed behaviours.
    @Test("older versions", .enabled(if: !Oracle.older.isEmpty), arguments: Oracle.older)
    func olderVersions(older: Oracle) async throws {
        /// The last tested version that differs from the newest one in a behaviour.
        let differing = [
            "recursive_version_locations": "1.8", "path_separator": "1.13", "version_path_separator = newline": "1.8",
            "blanks around the parts of version_locations": "1.8", "prepend_sys_path split by path_separator": "1.13",
            "[tool.alembic] in pyproject.toml": "1.13", "pyproject.toml beside alembic.ini": "1.13",
            ".. behind a link in version_locations": "1.13", "no folder of versions": "1.8",
            "a folder whose name ends in .py": "1.8", "a link to a script, itself without .py": "1.8",
            "a link with .py to a file without": "1.8",
            "a script without revision, linked under a name of hexadecimal digits": "1.8", "a colon in an id": "1.13",
            "down_revision is a set of one": "1.8",
        ]
        let version = try await older.version()
        let isListed = version.hasPrefix("1.8.") || version.hasPrefix("1.13.")
        try #require(isListed, "The differences of Alembic \(version) are not listed.")
        let expected = differing.filter { $0.value == "1.13" || version.hasPrefix("1.8.") }

        _ = try await compareGraphs(150, with: older)
        _ = try await compareFaults(150, with: older)
        try await TemporaryFolder.with { folder in
            let ours = try await Oracle().behaviours(in: folder.path("newest"))
            let theirs = try await older.behaviours(in: folder.path("older"))
            try #require(ours.map(\.layout) == theirs.map(\.layout))
            var found = Set(zip(ours, theirs).filter { !$0.isTheSame(as: $1) }.map(\.0.layout))
            // Before 1.10, the order of the directory listing decides which of the two scripts is used.
            if version.hasPrefix("1.8.") { found.remove("an id twice") }
            #expect(found == Set(expected.keys), "Alembic \(version)")
        }
    }
}

extension Oracle {
    func behaviours(in folder: String) async throws -> [ReferenceProject] {
        try await decode(["behaviours", "--into", folder])
    }
}

extension ReferenceProject {
    /// Whether two versions of Alembic read the same revisions, or refuse the project for the same reason.
    fileprivate func isTheSame(as other: ReferenceProject) -> Bool {
        facts.map(GraphOutput.init) == other.facts.map(GraphOutput.init)
            && (refusal == nil) == (other.refusal == nil) && areSettingsRefused == other.areSettingsRefused
            && refusal?.problemCode == other.refusal?.problemCode
    }
}
