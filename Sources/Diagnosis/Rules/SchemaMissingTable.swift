import Schema

extension Rule {
    static let schemaMissingTable = Rule(
        code: "schema.missingTable",
        page: Page(
            title: "a mapped table does not exist",
            problem: """
                The models map a table for which the database has neither a table nor a view. Every statement on it \
                fails (SQLSTATE 42P01). While revisions are pending that may bring it, this is a warning beside \
                version.behind; with rows at the heads it is an error: somebody stamped the head, dropped the table, \
                or wrote no revision for the model.
                """,
            evidence: "The models, and the migrations where they were replayed, held against the catalog.",
            remedy: """
                Pending revisions: adminctl migrate. Rows at the heads: when a revision creates the table, the rows \
                say more than is true, and the schema has to be restored; when none does, write one with alembic \
                revision --autogenerate.
                """)
    ) { situation, code in
        let missing = situation.differences(code)
        let mapped = missing.filter(\.breaking)
        var observations = situation.drift(
            code, missing.filter { !$0.breaking }, "relation that the migrations made does not exist",
            "relations that the migrations made do not exist",
            remedy: "# Put it back as its revision made it, for example from a dump of the schema.")
        guard let blame = situation.missingSchema else { return observations }
        for group in blame.groups(mapped) {
            let names = group.map(\.object)
            let what = names.count == 1 ? "1 mapped table does not exist" : "\(names.count) mapped tables do not exist"
            let evidence = group.map { $0.object + $0.guess }
            observations.append(
                blame.observation(code, "\(what): \(TerminalText.list(names))", evidence: evidence, group, situation))
        }
        return observations
    }
}

/// How something that the models map and the database lacks is to be read.
enum MissingSchema {
    /// Revisions are pending that may bring it.
    case maybePending
    /// No pending revision explains it.
    case unexplained

    /// What is missing, apart by what is to be done: what a revision that has run made, which somebody has dropped, and
    /// what no such revision made.
    func groups(_ differences: [SchemaDifference]) -> [[SchemaDifference]] {
        guard self == .unexplained else { return [differences].filter { !$0.isEmpty } }
        return [differences.filter { $0.blame == .drift }, differences.filter { $0.blame != .drift }]
            .filter { !$0.isEmpty }
    }

    /// - Parameter differences: what is missing.
    func observation(
        _ code: String, _ what: String, evidence: [String], _ differences: [SchemaDifference], _ situation: Situation
    ) -> Observation {
        switch self {
        case .maybePending:
            Observation(
                code, .warning, .behind, what + "; the pending revisions may bring this.", evidence: evidence,
                remedy: [situation.adminctl("plan"), situation.adminctl("migrate")])
        case .unexplained:
            Observation(
                code, .error, .drifted, what + ", and \(situation.whyUnexplained).", evidence: evidence,
                remedy: situation.restoring(differences))
        }
    }
}

extension Situation {
    /// The comparison, where there was something to compare.
    var comparison: SchemaComparison? {
        guard case .compared(let comparison, _) = facts.schema, comparison.tablesCompared > 0, isReachable else {
            return nil
        }
        return comparison
    }

    /// nil in a fresh database, where `version.behind` says all there is to say.
    var missingSchema: MissingSchema? {
        if isFresh { return nil }
        return versionTableState == .legitimate && pending?.isEmpty == false ? .maybePending : .unexplained
    }

    fileprivate var whyUnexplained: String {
        switch (versionTableState, pending?.isEmpty) {
        case (.legitimate, true): "no revision is pending that could bring this"
        case (.corrupt, false) where !hasRefusedRows && !hasNoVersionRows:
            "a pending revision may bring them once the version rows are repaired"
        case (.corrupt, _): "the version rows are too damaged to say whether a pending revision brings this"
        default: "the version rows do not say whether a pending revision brings this"
        }
    }

    fileprivate func restoring(_ differences: [SchemaDifference]) -> [String] {
        guard versionTableState == .legitimate, pending?.isEmpty == true else {
            return ["# First settle the version table, then diagnose again:", adminctl("diagnose --fresh")]
        }
        let isDrift = differences.allSatisfy { $0.blame == .drift }
        if isDrift, differences.allSatisfy({ $0.kind == .missingColumn }) {
            return [
                "# A revision that has run made it: put it back, empty and nullable, and fill it as that revision does:",
                adminctl("align"), adminctl("align --apply"),
            ]
        }
        if isDrift {
            return ["# A revision that has run made it: put it back as it says, or from a backup:", adminctl("graph")]
        }
        return [
            "# If no revision creates it, write one in the project, and run it:",
            "alembic revision --autogenerate -m 'add what the models map'",
            adminctl("migrate"),
            "# If a revision creates it, somebody stamped past that revision or dropped it: put it back as it says.",
        ]
    }
}
