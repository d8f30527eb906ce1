extension Rule {
    static let projectInvalid = Rule(
        code: "project.invalid",
        severities: [.error],
        page: Page(
            title: "the Alembic project cannot be read",
            problem: """
                The project folder, its alembic.ini or pyproject.toml, or its script folder is missing or malformed, \
                or env.py cannot be run. schemad does not know which revisions exist, and migrate cannot run. What the \
                database itself shows is still reported.
                """,
            evidence: "The file and the line at which reading stopped.",
            remedy: """
                Correct what the message names. schemad check-config reads the settings and every project in the \
                same way as the running agent.
                """)
    ) { context, code in
        // Problems without a rule of their own are reported here, so that none is dropped.
        let judged = Set(FindingCatalog.rules.filter(\.passesOnProblems).map(\.code))
        return context.problems.filter { !judged.contains($0.code) }.map { problem in
            let own = problem.code == code ? [] : [problem.code]
            var detailed = problem
            detailed.evidence = own + problem.evidence
            return RuleResult(
                detailed, code, .error, .projectInvalid,
                remedy: [
                    "# Correct \(problem.place ?? "the project or its entry in schemad.toml"), then:",
                    context.adminctl("diagnose --fresh"),
                ])
        }
    }
}
