extension Rule {
    static let projectInvalid = Rule(
        code: "project.invalid",
        page: Page(
            title: "the Alembic project cannot be read",
            problem: """
                The project's folder, its alembic.ini or pyproject.toml, or its script folder is missing or \
                malformed, or its env.py cannot be run. Without them nothing can be said about revisions, and \
                migrate cannot run. What the database itself says is reported all the same.
                """,
            evidence: "The file and the line at which reading stopped.",
            remedy: """
                Correct what the message names. schemad check-config reads the settings and each project as the \
                agent does.
                """)
    ) { situation, code in
        // Whatever no other rule passes on is reported here: a problem is never dropped for want of a rule.
        let judged = Set(FindingCatalog.rules.filter(\.judgesProblems).map(\.code))
        return situation.problems.filter { !judged.contains($0.code) }.map { problem in
            let own = problem.code == code ? [] : [problem.code]
            var detailed = problem
            detailed.evidence = own + problem.evidence
            return Observation(
                detailed, code, .error, .projectInvalid,
                remedy: [
                    "# Correct \(problem.place ?? "the project or its entry in schemad.toml"), then:",
                    situation.adminctl("diagnose --fresh"),
                ])
        }
    }
}
