extension Rule {
    static let serverReadFailed = Rule(
        code: "server.readFailed",
        severities: [.error],
        page: Page(
            title: "the database could not be read",
            problem: """
                The connection works, but a statement of the diagnosis failed: it was canceled, it took longer than \
                five seconds, or the server reported an error. Nothing is known about the database. Nothing was \
                changed.
                """,
            evidence: "The server's message and its SQLSTATE.",
            remedy: """
                57014: the statement exceeded the time limit or was canceled; find out what keeps the server busy.
                XX001 or XX002: a table or an index is damaged; stop, and repair the server first.
                Then diagnose again.
                """)
    ) { context, code in
        guard case .failed(let message) = context.facts.reachability else { return [] }
        return [
            RuleResult(
                code, .error, .unreachable,
                "Database \(context.facts.database) could not be read: a statement of the diagnosis failed.",
                evidence: [message],
                remedy: [
                    "# Fix the error that the server reports here and in its log, then:",
                    context.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
