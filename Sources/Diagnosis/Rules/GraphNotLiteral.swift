extension Rule {
    static let graphNotLiteral = Rule.problem(
        "graph.notLiteral",
        page: Page(
            title: "a revision's header is computed",
            problem: """
                revision, down_revision, depends_on or branch_labels of a file is not a plain string or a sequence \
                of them, or only the file's bytecode is there, so that Alembic has to load the file to know. It could \
                not be asked, and while that is so, neither the file's place in the graph nor what follows it is \
                known.
                """,
            evidence: "The file, the line of the header, and why Alembic could not be asked.",
            remedy: """
                Name the interpreter that has Alembic and the project's packages (python in the settings, --python), or \
                write the value as a literal, as Alembic's own template does.
                """)
    ) { problem, situation in
        ["# Write the value as a literal in \(problem.placeOrProject), then:", situation.adminctl("graph")]
    }
}
