import Alembic
import FoundationEssentials
import Subprocess
import Support

/// A project of scripts as Alembic generates them, of 1 to 2 KB each: a linear history with branches that are merged.
struct ScriptProject {
    let graph: TimedCommand
    let heads: TimedCommand
    private let folder: TemporaryFolder
    private let name: String

    init(revisions count: Int, in folder: TemporaryFolder, _ name: String) throws {
        self.folder = folder
        self.name = name
        try folder.write("\(name)/alembic.ini", "[alembic]\nscript_location = migrations\n")
        try folder.write("\(name)/migrations/env.py", "raise SystemExit('not needed')\n")
        for number in 0..<count {
            try folder.write("\(name)/migrations/versions/\(Self.id(number))_step.py", Self.script(number))
        }
        let alembic = TestPython.interpreter.split(separator: "/").dropLast().reduce(into: "") { $0 += "/\($1)" }
        graph = TimedCommand(
            program: try Products.path("schemad"), arguments: ["graph", "--project", ".", "--json"],
            environment: .inherit, folder: folder.path(name))
        // Alembic may write bytecode; the first run, which is not measured, does.
        heads = TimedCommand(
            program: alembic + "/alembic", arguments: ["heads"],
            environment: .inherit.updating(["PYTHONDONTWRITEBYTECODE": nil]), folder: folder.path(name))
    }

    func configuration() throws -> ProjectConfiguration {
        try ProjectConfiguration.read(folder: folder.path(name), config: "alembic.ini", section: "alembic")
    }

    /// Rewrites a script with a new comment.
    func touch(_ number: Int) throws {
        let file = "\(name)/migrations/versions/\(Self.id(number))_step.py"
        try folder.write(file, Self.script(number) + "# \(UInt64.random(in: 0 ... .max))\n")
    }

    private static func id(_ number: Int) -> String {
        let digits = String(UInt64(number &* 2_654_435_761) & 0xffff_ffff | 0x1_0000_0000, radix: 16)
        return "\(digits.dropFirst())\(String(1_000_000 + number).suffix(4))"
    }

    /// Every tenth revision branches off, and the one after it merges.
    private static func script(_ number: Int) -> String {
        let down: String =
            switch number % 10 {
            case _ where number == 0: "None"
            case 8 where number > 10: "\"\(id(number - 2))\""
            case 9 where number > 10: "(\"\(id(number - 1))\", \"\(id(number - 2))\")"
            default: "\"\(id(number - 1))\""
            }
        let columns = (0..<8).map { column in
            "        sa.Column(\"column_\(column)\", sa.String(length=255), nullable=\(column % 2 == 0 ? "True" : "False")),"
        }
        return """
            \"""Step \(number)

            Revision ID: \(id(number))
            Revises: \(down)
            Create Date: 2026-01-01 00:00:00.000000

            \"""
            from typing import Sequence, Union

            from alembic import op
            import sqlalchemy as sa


            # revision identifiers, used by Alembic.
            revision: str = "\(id(number))"
            down_revision: Union[str, Sequence[str], None] = \(down)
            branch_labels: Union[str, Sequence[str], None] = None
            depends_on: Union[str, Sequence[str], None] = None


            def upgrade() -> None:
                \"""Upgrade schema.\"""
                op.create_table(
                    "table_\(number)",
                    sa.Column("id", sa.Integer(), nullable=False),
            \(columns.joined(separator: "\n"))
                    sa.PrimaryKeyConstraint("id"),
                )
                op.create_index(op.f("ix_table_\(number)_column_1"), "table_\(number)", ["column_1"], unique=False)


            def downgrade() -> None:
                \"""Downgrade schema.\"""
                op.drop_index(op.f("ix_table_\(number)_column_1"), table_name="table_\(number)")
                op.drop_table("table_\(number)")

            """
    }
}
