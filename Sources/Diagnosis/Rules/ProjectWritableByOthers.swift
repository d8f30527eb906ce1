import Text

extension Rule {
    static let projectWritableByOthers = Rule(
        code: "project.writableByOthers",
        severities: [.warning],
        page: Page(
            title: "other users can change files that schemad runs",
            problem: """
                schemad runs env.py, the revision scripts and the Python interpreter with the database credentials. \
                Anyone who can write one of these files, or can replace it because they own its folder, can use \
                these credentials and bypass the permissions of schemad's keys.
                """,
            evidence: """
                Owner and mode of the configuration, of env.py, of the scripts and their folders, and of the \
                interpreter. Only root and schemad's own account should be able to write them.
                """,
            remedy: """
                Give the files to root, and remove write permission for group and others. Deployments should replace \
                the folder as root or as schemad's account.
                """)
    ) { context, code in
        let files = context.facts.writableFiles
        guard let first = files.first else { return [] }
        let more = files.count == 1 ? "" : " and \(files.count - 1) other\(files.count == 2 ? "" : "s")"
        return [
            RuleResult(
                code, .warning, .inSync,
                "\(first.writer.description) can write \(first.path)\(more), which schemad runs with the "
                    + "credentials of database \(context.facts.database).",
                evidence: files.map { "\($0.path): \($0.writer.description) can write it" },
                remedy: ["# Let only root write:"]
                    + files.prefix(mostShown).flatMap { file in
                        let path = ShellWord.quoted(file.path)
                        return if case .owner = file.writer { ["chown root \(path)"] } else { ["chmod go-w \(path)"] }
                    }
                    + (files.count > mostShown
                        ? ["# Do the same for the other \(files.count - mostShown); the evidence lists them."] : []))
        ]
    }

    private static let mostShown = 10
}

extension WritableFile.Writer {
    fileprivate var description: String {
        switch self {
        case .owner(let name): "User \(name)"
        case .group(let name): "Group \(name)"
        case .everyone: "Everyone"
        }
    }
}
