import Diagnosis
import Inspection
import Revisions
import Testing
import Wire

@testable import Agent

/// Whether an image may start, decided from values.
@Suite struct VerifyCommandTests {
    private static func result(
        _ diagnosis: DatabaseDiagnosis, heads: [String]? = nil, fingerprint: String? = nil,
        policy: DatabaseSettings.VerifyPolicy = .additive
    ) -> Verify.Result {
        VerifyCommand.decide(diagnosis, Verify.Parameters(heads: heads, fingerprint: fingerprint), policy: policy)
    }

    private static func verdict(_ rows: [String?]?, heads: [String]? = nil) -> Verify.Verdict {
        result(DiagnosisFixture.diagnosis(rows: rows), heads: heads).verdict
    }

    @Test(
        arguments: [
            (["c"], nil, .unverified), (["c"], ["c"], .unverified), (["b"], nil, .behind), (["a"], ["b"], .behind),
            (["c"], ["b"], .aheadUnknown), (["zz"], nil, .aheadUnknown), (["c"], ["zz"], .aheadUnknown),
            (["a", "c"], nil, .corrupt), ([nil], nil, .corrupt), (["c "], nil, .corrupt), ([], nil, .empty),
            (nil, nil, .unverified),
        ] as [([String?]?, [String]?, Verify.Verdict)])
    func rows(rows: [String?]?, heads: [String]?, expected: Verify.Verdict) {
        #expect(Self.verdict(rows, heads: heads) == expected)
    }

    @Test func theSchemaDecidesWhenTheRowsAreRight() {
        func verdict(live: [String], fingerprint: String? = nil) -> Verify.Verdict {
            Self.result(
                DiagnosisFixture.diagnosis(
                    rows: ["c"], schema: DiagnosisFixture.compared(live: live, at: "c")), fingerprint: fingerprint
            ).verdict
        }
        #expect(verdict(live: ["a", "b", "c"]) == .equal)
        #expect(verdict(live: ["a", "b"]) == .drifted)
        #expect(verdict(live: ["a", "b", "c", "extra"]) == .equal)
        // DDL since the fingerprint was taken is drift, whatever it changed.
        #expect(verdict(live: ["a", "b", "c"], fingerprint: "f1") == .equal)
        #expect(verdict(live: ["a", "b", "c"], fingerprint: "other") == .drifted)
    }

    /// An image with fewer revisions may start while everything that they created exists.
    @Test func olderImages() {
        func verdict(live: [String], heads: [String]) -> Verify.Verdict {
            var diagnosis = DiagnosisFixture.diagnosis(rows: ["c"])
            diagnosis.imageCompatibility = DiagnosisFixture.compatibility(live: live)
            return Self.result(diagnosis, heads: heads).verdict
        }
        #expect(verdict(live: ["a", "b", "c"], heads: ["b"]) == .aheadCompatible)
        #expect(verdict(live: ["a", "c"], heads: ["b"]) == .aheadIncompatible)
        #expect(verdict(live: ["a", "c"], heads: ["a"]) == .aheadCompatible)
    }

    @Test(arguments: [
        (DatabaseSettings.VerifyPolicy.additive, true), (.exact, false), (.any, true),
    ]) func thePolicyForOlderImages(policy: DatabaseSettings.VerifyPolicy, mayStart: Bool) {
        var diagnosis = DiagnosisFixture.diagnosis(rows: ["c"])
        diagnosis.imageCompatibility = DiagnosisFixture.compatibility(live: ["a", "b", "c"])
        #expect(Self.result(diagnosis, heads: ["a"], policy: policy).mayStart == mayStart)
        #expect(Self.result(DiagnosisFixture.diagnosis(rows: ["zz"]), policy: policy).mayStart == (policy == .any))
        #expect(!Self.result(DiagnosisFixture.diagnosis(rows: ["a"]), policy: policy).mayStart)
        #expect(!Self.result(DiagnosisFixture.diagnosis(rows: nil), policy: policy).mayStart)
        #expect(Self.result(DiagnosisFixture.diagnosis(rows: ["c"]), policy: policy).mayStart)
    }

    @Test func aMissingVersionTable() {
        #expect(Self.result(DiagnosisFixture.diagnosis(rows: nil, isMissing: true)).verdict == .empty)
        let away = DiagnosisFixture.diagnosis(rows: nil, reachability: .unreachable(message: "refused"))
        #expect(Self.result(away).verdict == .unreachable)
    }

    /// The server responds, but without its driver env.py does not say which table has the rows.
    @Test func unknownRowsOfAServerThatResponds() {
        var facts = DiagnosisFixture.diagnosis(rows: nil).facts
        facts.runnerProblems = [ProjectProblem(code: "project.driverMissing", message: "pg8000 is not installed")]
        let result = Self.result(DatabaseDiagnosis(facts: facts))
        #expect(result.verdict == .unverified && !result.mayStart && result.rows == nil)
        #expect(
            result.warning
                == "The project's Python interpreter has no driver for the database: pg8000 is not installed.")
        let away = DiagnosisFixture.diagnosis(rows: nil, reachability: .unreachable(message: "refused"))
        #expect(Self.result(away).warning == nil)
    }

    /// Without a project only the image's own heads can be compared with the rows.
    @Test func withoutAProject() {
        let diagnosis = DiagnosisFixture.diagnosis(rows: ["x"], graph: nil)
        #expect(Self.result(diagnosis, heads: ["x"]).verdict == .unverified)
        #expect(Self.result(diagnosis, heads: ["y"]).verdict == .aheadUnknown)
        #expect(Self.result(diagnosis).verdict == .aheadUnknown)
    }

    /// While the project is being read, the last known state is reported and nothing starts on it.
    @Test func whileTheProjectIsBeingRead() {
        let parameters = Verify.Parameters(heads: ["c"])
        let unknown = VerifyCommand.stillReading(nil, parameters, policy: .any)
        #expect(unknown.reading == true && !unknown.mayStart && unknown.verdict == .unreachable)
        #expect(unknown.heads == ["c"] && unknown.rows == nil && unknown.ageMs == nil)
        let known = VerifyCommand.stillReading(DiagnosisFixture.diagnosis(rows: ["c"]), parameters, policy: .any)
        #expect(known.reading == true && !known.mayStart && known.verdict == .unverified)
        #expect(known.rows == ["c"] && known.ageMs != nil)
    }
}
