import Diagnosis
import Inspection
import Schema
import Testing
import Wire

@testable import Agent

/// A diagnosis in the protocol's form.
@Suite struct DiagnoseResultTests {
    @Test func aDatabaseAtTheHeads() {
        let diagnosis = DiagnosisFixture.diagnosis(
            rows: ["c"], schema: DiagnosisFixture.compared(live: ["a", "b", "c"], at: "c"))
        let result = Diagnose.Result(diagnosis, ageMs: 5)
        #expect(result.database == "main" && result.verdict == .inSync && result.healthy && result.ageMs == 5)
        #expect(result.schemaMatch == true)
        #expect(result.versionTable.exists == true && result.versionTable.rows == ["c"])
        #expect(result.versionTable.state == .legitimate && result.versionTable.columnWidth == 32)
        #expect(result.revisions?.count == 3 && result.revisions?.effectiveHeads == ["c"])
        #expect(result.revisions?.pending == [])
        #expect(result.schema.differences == [] && result.schema.omitted == 0)
        #expect(result.observedAt.hasSuffix("Z"))
    }

    @Test func differencesAreIncluded() {
        let diagnosis = DiagnosisFixture.diagnosis(
            rows: ["c"], schema: DiagnosisFixture.compared(live: ["a", "b"], at: "c"))
        let result = Diagnose.Result(diagnosis, ageMs: 0)
        #expect(result.schema.differences?.count == 1 && result.schema.missingColumns?.map(\.column) == ["c"])
        #expect(result.verdict == .drifted && result.schemaMatch == false && !result.healthy)
    }

    /// Unknown is null, never an empty list.
    @Test func anUnreachableDatabase() {
        let diagnosis = DiagnosisFixture.diagnosis(rows: nil, reachability: .unreachable(message: "refused"))
        let result = Diagnose.Result(diagnosis, ageMs: 0)
        #expect(result.verdict == .unreachable && !result.healthy)
        #expect(result.server == nil && result.versionTable.rows == nil && result.versionTable.exists == nil)
        #expect(result.schema.differences == nil && result.schema.missingColumns == nil)
        #expect(!result.schema.sources.live && result.schemaMatch == nil)
    }

    @Test func aMissingVersionTable() {
        let result = Diagnose.Result(DiagnosisFixture.diagnosis(rows: nil, isMissing: true), ageMs: 0)
        #expect(result.versionTable.exists == false && result.versionTable.rows == nil)
        #expect(result.versionTable.state == .missing)
    }
}
