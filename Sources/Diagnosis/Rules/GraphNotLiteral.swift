extension Rule {
    static let graphNotLiteral = Rule.problem(
        "graph.notLiteral",
        page: Page(
            title: "a revision's header is computed",
            problem: """
                revision, down_revision, depends_on or branch_labels of a file is not a plain string or a sequence \
                of them, so that it cannot be read without running the file. While it cannot be read, neither its \
                place in the graph nor what follows it is known.
                """,
            evidence: "The file and the line of the header.",
            remedy: "Write the value as a literal, as Alembic's own template does.")
    ) { problem, situation in
        ["# Write the value as a literal in \(problem.placeOrProject), then:", situation.adminctl("graph")]
    }
}
