extension Rule {
    static let projectWritableByOthers = Rule(
        code: "project.writableByOthers",
        page: Page(
            title: "others may change what the agent runs",
            problem: """
                The agent runs env.py, the revision scripts and the interpreter with the credentials of the database. \
                Whoever may write one of these files, or replace it because the folder is theirs, has those \
                credentials too, and can do with the schema what no key of the agent allows.
                """,
            evidence: """
                Mode and owner of the configuration, of env.py, of the scripts and their folders, and of the \
                interpreter. Expected is root, or the agent's own account, and nobody else.
                """,
            remedy: """
                Give the files to root and take the right to write from group and others. Deployments replace the \
                folder as root, or as the agent's account.
                """)
    ) { situation, code in
        let files = situation.facts.writableFiles
        guard let first = files.first else { return [] }
        let more = files.count == 1 ? "" : ", and \(files.count - 1) more of what the agent runs"
        return [
            Observation(
                code, .warning, .inSync,
                "\(first.writer.description) may write \(first.path)\(more), which the agent runs with the "
                    + "credentials of database \(situation.facts.database).",
                evidence: files.map { "\($0.path): \($0.writer.description) may write it" },
                remedy: ["# Leave it to root alone:"]
                    + files.prefix(mostShown).flatMap { file in
                        let path = ShellWord.quoted(file.path)
                        return if case .owner = file.writer { ["chown root \(path)"] } else { ["chmod go-w \(path)"] }
                    }
                    + (files.count > mostShown ? ["# And \(files.count - mostShown) more, as listed above."] : []))
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
