/// Every rule, in the order in which findings of one severity are shown: causes before their consequences.
public enum FindingCatalog {
    public static let rules: [Rule] = [
        .serverUnreachable, .serverAuthentication, .serverDenied, .serverDatabaseMissing, .serverReadFailed,
        .serverLocked,
        .projectInvalid, .projectFolderMissing, .projectInterpreterMissing, .projectAlembicMissing,
        .projectDriverMissing, .projectEnvironmentFailed, .projectOfflineOnly, .projectSeveralRuns,
        .projectCannotConnect, .projectWrongDatabase, .projectGraphDisagrees, .projectChangedWhileRunning,
        .projectWritesDuringRead, .projectIgnoresShadow, .projectWritableByOthers,
        .graphUnreadable, .graphNotLiteral, .graphDuplicateId, .graphMissingParent, .graphCycle,
        .versionTableDenied, .versionTableNotATable, .versionTableMissing, .versionTableEmpty,
        .rowsUnknown, .rowsSymbolic, .rowsPartial, .rowsRedundant, .rowsDuplicate, .rowsPadded, .rowsNull, .rowsEmpty,
        .versionTableWidth, .versionAhead, .versionBehind,
        .schemaMissingTable, .schemaMissingColumn, .schemaTypeDiffers, .schemaEnumDiffers, .schemaNullabilityDiffers,
        .schemaDefaultDiffers, .schemaExtraColumn, .schemaConstraintDiffers, .schemaIndexDiffers, .schemaIndexInvalid,
        .schemaTableDiffers, .schemaObjectDiffers, .probeFailed, .probeSilentFailure, .probeNotRun,
        .serverPooler, .serverReadOnly, .serverOwnSchema, .serverStatementTimeout, .serverChanging,
        .serverLongTransaction, .shadowUnavailable, .graphIdTooLong, .graphMultipleHeads, .schemaNotCompared,
    ]

    /// The codes of all rules.
    public static let codes = Set(rules.map(\.code))

    /// The rule with this code; nil when there is none.
    public static func rule(_ code: String) -> Rule? { rules.first { $0.code == code } }
}
