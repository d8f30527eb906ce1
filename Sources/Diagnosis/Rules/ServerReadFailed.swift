extension Rule {
    static let serverReadFailed = Rule(
        code: "server.readFailed",
        page: Page(
            title: "the server answers, and the diagnosis could not be read",
            problem: """
                The connection stands, and a statement of the diagnosis failed: it was cancelled, took longer than the \
                five seconds that it may, or the server reported an error of its own. Nothing is known about the \
                database; nothing was changed.
                """,
            evidence: "The server's message and its SQLSTATE.",
            remedy: """
                57014 is the time limit, or somebody's pg_cancel_backend: look for what keeps the server busy. XX001 \
                and XX002 are a damaged file or index: stop, and see to the server first. Then diagnose again.
                """)
    ) { situation, code in
        guard case .failed(let message) = situation.facts.reachability else { return [] }
        return [
            Observation(
                code, .error, .unreachable,
                "The server of database \(situation.facts.database) answers, and could not be read.",
                evidence: [message],
                remedy: [
                    "# Mend what the server complains of, in its log as well; then:",
                    situation.adminctl("diagnose --fresh"),
                ])
        ]
    }
}
