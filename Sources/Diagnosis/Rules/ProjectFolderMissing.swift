extension Rule {
    static let projectFolderMissing = Rule.problem(
        "project.folderMissing", lead: "The project's folder cannot be opened",
        page: Page(
            title: "the project's folder cannot be opened",
            problem: """
                The folder that the settings name as project does not exist, or the agent's user may not enter it. \
                Neither revisions nor models can be read.
                """,
            evidence: "The path, and what the system said.",
            remedy: """
                Deploy the project to that folder, or correct project of the database in schemad.toml; let the \
                agent's user read it.
                """)
    ) { _, situation in
        [
            "# Deploy the project there, or correct project of this database in schemad.toml; then:",
            "systemctl restart schemad",
            situation.adminctl("diagnose --fresh"),
        ]
    }
}
