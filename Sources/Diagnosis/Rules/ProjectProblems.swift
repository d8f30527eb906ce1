extension ProblemRule {
    /// What the reader of the project's files and the runner of env.py report, in the order of ``FindingCatalog``.
    static let project = projectInterpreter + projectEnvironment + projectConnection + projectFiles
}
