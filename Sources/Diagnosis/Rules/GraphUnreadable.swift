extension Rule {
    static let graphUnreadable = Rule.problem(
        "graph.unreadable",
        page: Page(
            title: "a revision's file cannot be read",
            problem: """
                A file of the script folder cannot be opened by the agent's user, is no UTF-8, or is no Python that \
                has a header. A revision may be missing from the graph for it, so that nothing is concluded.
                """,
            evidence: "The file, and what reading it ran into.",
            remedy: """
                Let the agent's user read the file, or correct it; move what is no revision out of the versions \
                folder.
                """)
    ) { problem, situation in
        [
            "# Let the agent's user read \(problem.placeOrProject), or correct it; then:",
            situation.adminctl("graph"),
        ]
    }
}
