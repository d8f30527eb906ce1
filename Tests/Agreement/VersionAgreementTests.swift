import Support
import Testing

extension AgreementTests {
    /// One thing that Alembic does after the other: the same with `schemad graph`, or here with a reason why not.
    @Test("behaviours")
    func behaviours() async throws {
        /// What Alembic takes, or only warns of, and schemad refuses: nothing good could come of it.
        let stricter: Set = [
            "an id twice", "an empty revision", "a revision named head", "a revision that is bytes",
            "a revision that is a tuple", "a label that is a number", "a cycle between a base and a head",
            "a dependency on its own label, in a line", "ids that only their bytes tell apart",
        ]
        /// What both refuse, and call by different names.
        let renamed: Set = ["depends_on of a base is empty", "a revision that is a number"]
        try await TemporaryFolder.with { folder in
            var refused: Set<String> = []
            for truth in try await Oracle().behaviours(in: folder.path("newest")) {
                let comparison = try await ProjectComparison(truth, .behaviours)
                if stricter.contains(truth.layout) || renamed.contains(truth.layout) {
                    #expect((truth.refusal == nil) == stricter.contains(truth.layout), "\(truth.layout)")
                    if comparison.isRefusedForItsScripts { refused.insert(truth.layout) }
                } else {
                    Difference.expectNone([comparison.difference()].compactMap { $0 })
                }
            }
            #expect(refused == stricter.union(renamed))
        }
    }

    /// Where an older Alembic does something else than the newest; everything else is the same.
    @Test("older versions", .enabled(if: !Oracle.older.isEmpty), arguments: Oracle.older)
    func olderVersions(older: Oracle) async throws {
        /// The last versions that were tried and that do otherwise than the newest.
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
        let isTried = version.hasPrefix("1.8.") || version.hasPrefix("1.13.")
        try #require(isTried, "Nothing is known of Alembic \(version).")
        let expected = differing.filter { $0.value == "1.13" || version.hasPrefix("1.8.") }

        _ = try await compareGraphs(150, with: older)
        _ = try await compareFaults(150, with: older)
        try await TemporaryFolder.with { folder in
            let ours = try await Oracle().behaviours(in: folder.path("newest"))
            let theirs = try await older.behaviours(in: folder.path("older"))
            try #require(ours.map(\.layout) == theirs.map(\.layout))
            var found = Set(zip(ours, theirs).filter { !$0.isTheSame(as: $1) }.map(\.0.layout))
            // Which of the two scripts stays is, before 1.10, up to the order in which the system lists the folder.
            if version.hasPrefix("1.8.") { found.remove("an id twice") }
            #expect(found == Set(expected.keys), "Alembic \(version)")
        }
    }
}

extension Oracle {
    func behaviours(in folder: String) async throws -> [ProjectTruth] {
        try await ask(["behaviours", "--into", folder])
    }
}

extension ProjectTruth {
    /// Whether two versions of Alembic read the same, or refuse at the same step.
    fileprivate func isTheSame(as other: ProjectTruth) -> Bool {
        facts.map(ProjectAnswer.init) == other.facts.map(ProjectAnswer.init)
            && (refusal == nil) == (other.refusal == nil) && areSettingsRefused == other.areSettingsRefused
            && refusal?.problemCode == other.refusal?.problemCode
    }
}
