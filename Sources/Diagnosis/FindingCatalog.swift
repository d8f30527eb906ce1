/// Every rule, in the order in which findings of one severity are shown: causes before their consequences.
public enum FindingCatalog {
    public static let rules: [Rule] =
        connection + project + graph + versionTable + schema + probes + environment

    /// The codes of all rules.
    public static let codes = Set(rules.map(\.code))

    /// The rule with this code; nil when there is none.
    public static func rule(_ code: String) -> Rule? { rules.first { $0.code == code } }

    private static let connection: [Rule] = [
        .serverUnreachable, .serverAuthentication, .serverDenied, .serverDatabaseMissing, .serverReadFailed,
        .serverLocked,
    ]
    private static let project: [Rule] =
        [.projectInvalid] + ProblemRule.project.map(Rule.init) + [
            .projectIgnoresShadow, .projectChangesDatabase, .projectWritableByOthers,
        ]
    private static let graph: [Rule] = ProblemRule.graph.map(Rule.init) + [.graphEmpty]
    private static let versionTable: [Rule] = [
        .versionTableDenied, .versionTableNotATable, .versionTableMissing, .versionTableEmpty,
        .versionTableMoved,
        .rowsUnknown, .rowsSymbolic, .rowsPartial, .rowsRedundant, .rowsDuplicate, .rowsPadded, .rowsNull, .rowsEmpty,
        .versionTableWidth, .versionAhead, .rowsStale, .versionBehind,
    ]
    private static let schema: [Rule] = [
        .schemaAlreadyExists, .schemaMissingTable, .schemaMissingColumn, .schemaModelsNeedMore, .schemaTypeDiffers,
        .schemaEnumDiffers, .schemaNullabilityDiffers, .schemaDefaultDiffers, .schemaExtraColumn,
        .schemaConstraintDiffers, .schemaIndexDiffers, .schemaIndexInvalid, .schemaTableDiffers, .schemaObjectDiffers,
    ]
    private static let probes: [Rule] = [.probeFailed, .probeSilentFailure, .probeNotRun]
    private static let environment: [Rule] = [
        .serverPooler, .serverReadOnly, .serverMissingPrivileges, .serverRoleMissing, .serverOwnSchema,
        .serverStatementTimeout,
        .serverMigrating, .serverChanging, .serverLongTransaction, .shadowUnavailable, .shadowNotListening,
        .shadowReplayTimeout,
        .shadowRoleMissing, .graphIdTooLong,
        .graphMultipleHeads,
        .schemaNotCompared,
    ]
}
