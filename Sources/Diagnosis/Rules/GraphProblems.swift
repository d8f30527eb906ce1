extension ProblemRule {
    /// What makes the revision graph unusable, in the order of ``FindingCatalog``.
    static let graph = [
        ProblemRule(
            code: "graph.unreadable", severities: [.error, .warning], fallbackPlace: "the project",
            page: Page(
                title: "a revision file cannot be read",
                problem: """
                    A file of the script folder cannot be opened by schemad's user, is not UTF-8, is not Python with \
                    a revision header, or defines an id that Alembic does not accept.
                    Error: a revision may be missing from the graph because of it, so the graph is not used.
                    Warning: the entry is not a script and was skipped.
                    """,
                evidence: "The file and the error.",
                remedy: """
                    Let schemad's user read the file, or correct it. Move files that are not revisions out of the \
                    versions folder.
                    """),
            remedy: [
                "# Let schemad's user read <place>, or correct it; then:",
                "adminctl graph",
            ]),
        ProblemRule(
            code: "graph.notLiteral", severities: [.error, .warning], fallbackPlace: "the project",
            page: Page(
                title: "a revision header is computed",
                problem: """
                    revision, down_revision, depends_on or branch_labels of a file is not a plain string or a \
                    sequence of strings, or only the bytecode of the file is there. Alembic has to load such a file, \
                    and schemad could not run it.
                    Error: until it can, the position of the file in the graph and everything after it are unknown.
                    Warning: Alembic has loaded the file.
                    """,
                evidence: "The file, the line of the header, and why Alembic could not load it.",
                remedy: """
                    Name the interpreter that has Alembic and the project's packages (python in schemad.toml, or \
                    --python). Or write the value as a literal, as Alembic's template does.
                    """),
            remedy: [
                "# Write the value as a literal in <place>, then:",
                "adminctl graph",
            ]),
        ProblemRule(
            code: "graph.duplicateId", fallbackPlace: "the project",
            page: Page(
                title: "two files have the same revision id",
                problem: """
                    Two files of the script folder define the same revision id, usually because one was copied. \
                    Alembic only warns: one file replaces the other, whose migration silently never runs. Branch \
                    labels share the names of ids: a label that is used twice is reported here too.
                    """,
                evidence: "The file and line of the second definition; the message names the first.",
                remedy: "Give one of the files a new id, and use the new id in the revisions that follow it."),
            remedy: [
                "# Give one of the files a new id, for example the output of",
                "# python3 -c 'import uuid; print(uuid.uuid4().hex[-12:])'",
                "# Then:",
                "adminctl graph",
            ]),
        ProblemRule(
            code: "graph.missingParent", fallbackPlace: "the project",
            page: Page(
                title: "a revision names a parent that does not exist",
                problem: """
                    A down_revision or depends_on names a revision that no file defines. Every Alembic command fails \
                    with a bare KeyError.
                    """,
                evidence: "The file and line that name the parent.",
                remedy: "Restore the parent's file from version control, or correct the name."),
            remedy: [
                "# Restore the parent's file (git lists deleted ones), or correct the name:",
                "git log --all --diff-filter=D --name-only --oneline -- '*/versions/*.py'",
            ]),
        ProblemRule(
            code: "graph.cycle", fallbackPlace: "the project",
            page: Page(
                title: "revisions form a cycle",
                problem: """
                    Following down_revision and depends_on from a revision leads back to the same revision, so there \
                    is no order in which the revisions could run. Every Alembic command fails with CycleDetected.
                    """,
                evidence: "The revisions of the cycle.",
                remedy: "Correct the down_revision or depends_on that was changed last."),
            remedy: [
                "# Correct the down_revision or depends_on that was changed last:",
                "git log -3 -p -- '*/versions/*.py'",
            ]),
    ]
}
