extension Rule {
    static let shadowNotListening = Rule(
        code: "shadow.notListening",
        severities: [.warning],
        page: Page(
            title: "the shadow database cannot listen on a port",
            problem: """
                schemad replays the migrations in a throwaway PostgreSQL, the shadow. env.py gets its address as host \
                and port on 127.0.0.1. No such port could be used here, so the shadow had only a socket, and env.py \
                failed with the address of a socket. The migrations were not replayed: only the models are compared, \
                by names, types and nullability. All that needs no shadow works.
                """,
            evidence: "Why no port could be used, and the error of env.py. schemad tries again after five minutes.",
            remedy: """
                Allow schemad TCP on 127.0.0.1: the loopback interface must be up in its network namespace, and \
                neither a firewall nor IPAddressDeny or RestrictAddressFamilies of its unit may forbid it. Or set url \
                under [shadow] to another server, or ship a snapshot made with schemad snapshot.
                """)
    ) { context, code in
        guard context.isReachable, let problem = context.facts.shadowProblem, problem.cause == .notListening else {
            return []
        }
        let lines = problem.reason.split(whereSeparator: \.isNewline).map(String.init)
        return [
            RuleResult(
                code, .warning, .inSync,
                "The migrations were not replayed: \(lines.first ?? "the shadow cannot listen on a port").",
                evidence: Array(lines.dropFirst()),
                remedy: [
                    "# Allow TCP on 127.0.0.1, for example: ip link set lo up",
                    "systemctl restart schemad",
                ])
        ]
    }
}
