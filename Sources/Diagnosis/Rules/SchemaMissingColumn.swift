import Schema
import Text

extension Rule {
    static let schemaMissingColumn = Rule(
        code: "schema.missingColumn",
        severities: [.error, .warning],
        page: Page(
            title: "a mapped column does not exist",
            problem: """
                The models map a column that the live table does not have. Every statement that loads the model \
                fails (SQLSTATE 42703). An application that swallows the error shows an empty list with a positive \
                total.
                Error: no pending revision adds it. The head was stamped, the column was dropped, or the model has no \
                revision.
                Warning: a pending revision adds the column (see version.behind), or the migrations created the \
                column but no model maps it.
                """,
            evidence: """
                The models, and the migrations if they were replayed, compared with the catalog; with the type of \
                the column.
                """,
            remedy: """
                Pending revisions: run adminctl migrate.
                Rows at the heads: if a revision adds the column, add it back as defined there; if none does, write \
                one with alembic revision --autogenerate. Do not add by hand a column that a later revision adds: \
                that revision would fail (DuplicateColumn).
                """)
    ) { context, code in
        let missing = context.differences(code)
        let mapped = missing.filter(\.breaking)
        var results = context.drift(
            code, missing.filter { !$0.breaking }, "column that the migrations created does not exist",
            "columns that the migrations created do not exist",
            remedy: "# Restore it as its revision defines it; no model maps it.")
        if context.versionTableState == .legitimate {
            for index in results.indices {
                guard let restored = results[index].restored, restored.differences.allSatisfy({ $0.blame == .drift })
                else { continue }
                results[index].restored?.alignment = context.alignment(restored.differences.count)
            }
        }
        for (cause, group) in context.causes(of: mapped) {
            let names = group.map(\.object)
            let mapped = group.mapped
            let what =
                names.count == 1 ? "1 \(mapped)column does not exist" : "\(names.count) \(mapped)columns do not exist"
            let evidence = group.map { "\($0.object) \($0.models ?? $0.migrations ?? "")\($0.guess)\($0.origin)" }
            results.append(
                cause.result(code, "\(what): \(SafeText.list(names))", evidence: evidence, group, context))
        }
        return results
    }
}
