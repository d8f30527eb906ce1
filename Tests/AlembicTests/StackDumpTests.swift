import Testing

@testable import Alembic

/// The stacks that `faulthandler` writes.
@Suite("runner: stacks of a stopped process") struct StackDumpTests {
    private static let dump = #"""
        INFO  [alembic.runtime.migration] Context impl PostgresqlImpl.
        Thread 0x00007f2b3e7fc6c0 (most recent call first):
          File "<schemad agent>", line 41 in _read_replies
          File "/usr/lib/python3.11/threading.py", line 975 in run

        Current thread 0x00007f2b44a1d040 (most recent call first):
          File "/srv/app/.venv/lib/python3.11/site-packages/psycopg/waiting.py", line 86 in wait
          File "/srv/app/caf\xe9/\u4e2d.py", line 7 in \U0001f600
          File "migrations/env.py", line 12 in <module>
          File "/usr/lib/python3.11/importlib/__init__.py", line 126 in import_module
          File "<schemad run>", line 99 in run_env
          File "<schemad main>", line 80 in main
          File "<string>", line 12 in <module>

        """#

    @Test func placeIsTheInnermostLineOfTheProject() throws {
        let dump = try #require(StackDump(Self.dump, folder: "/srv/app"))
        #expect(dump.place == .init(file: "/srv/app/café/中.py", line: 7, function: "😀"))
        #expect(
            dump.lines == [
                "/srv/app/.venv/lib/python3.11/site-packages/psycopg/waiting.py:86 in wait",
                "/srv/app/café/中.py:7 in 😀", "/srv/app/migrations/env.py:12 in <module>",
            ])
    }

    /// Scripts may be outside the project's folder; packages and Python's library are not the project's.
    @Test func projectInAnotherFolder() throws {
        let dump = try #require(StackDump(Self.dump, folder: "/elsewhere"))
        #expect(dump.place?.file == "/srv/app/café/中.py")
    }

    @Test func deepStackWithoutItsOuterEnd() throws {
        let output = """
            Thread 0x01 [python3] (most recent call first):
              File "/srv/app/other.py", line 1 in other

            Current thread 0x02 [python3] (most recent call first):
              File "/srv/app/models.py", line ??? in unknown
              File "/srv/app/models.py", line 3 in walk
              ...
            """
        let dump = try #require(StackDump(output, folder: "/srv/app"))
        #expect(dump.place?.line == 3)
        #expect(dump.lines == ["/srv/app/models.py in unknown", "/srv/app/models.py:3 in walk"])
    }

    @Test(arguments: [
        "", "Traceback (most recent call last):\n  File \"x.py\", line 1 in f",
        "Thread 0x1 (most recent call first):",
    ])
    func noDump(output: String) { #expect(StackDump(output, folder: "/srv/app") == nil) }
}
