import FoundationEssentials
import Support
import Testing

@testable import Alembic

/// Which link of a chain of exceptions the runner reports, in Python itself.
@Suite("runner: chains of exceptions")
struct RunnerErrorTests {
    struct Chain: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The body of a function that raises.
        var code: String
        var isReadOnly = false
        /// The message and the SQLSTATE, or `None`.
        var expected: String
    }

    private static let chains = [
        Chain(
            testDescription: "KeyError raised from a refused write",
            code: """
                try: server("cannot execute CREATE TABLE in a read-only transaction", "25006")
                except DBAPIError: {}["config"]
                """,
            isReadOnly: true,
            expected:
                "ServerError: cannot execute CREATE TABLE in a read-only transaction; env.py then raised KeyError: "
                + "'config' 25006"),
        Chain(
            testDescription: "a refused write that `from None` hides",
            code: """
                try: server("cannot execute UPDATE in a read-only transaction", "25006")
                except DBAPIError: raise RuntimeError("no settings") from None
                """,
            isReadOnly: true,
            expected:
                "ServerError: cannot execute UPDATE in a read-only transaction; env.py then raised RuntimeError: no "
                + "settings 25006"),
        Chain(
            testDescription: "a refused write, then another error of the server",
            code: """
                try: server("relation \\"x\\" does not exist", "42P01")
                except DBAPIError:
                    try: server("cannot execute INSERT in a read-only transaction", "25006")
                    except DBAPIError: server("the transaction is aborted", "25P02")
                """,
            isReadOnly: true,
            expected:
                "ServerError: cannot execute INSERT in a read-only transaction; env.py then raised ServerError: the "
                + "transaction is aborted 25006"),
        Chain(
            testDescription: "KeyError raised while an error of the server was handled",
            code: """
                try: server("relation \\"x\\" does not exist", "42P01")
                except DBAPIError: {}["config"]
                """,
            expected: "ServerError: relation \"x\" does not exist; env.py then raised KeyError: 'config' 42P01"),
        Chain(
            testDescription: "the first of several errors of the server",
            code: """
                try: server("relation \\"x\\" does not exist", "42P01")
                except DBAPIError: server("the transaction is aborted", "25P02")
                """,
            expected: "ServerError: relation \"x\" does not exist; env.py then raised ServerError: the transaction is "
                + "aborted 42P01"),
        Chain(
            testDescription: "ImportError inside ImportError",
            code: """
                try: import missing_module_a
                except ImportError as error: raise ImportError("cannot import the application") from error
                """,
            expected: "ModuleNotFoundError: No module named 'missing_module_a'; env.py then raised ImportError: cannot "
                + "import the application None"),
        Chain(
            testDescription: "RuntimeError from OperationalError",
            code: """
                try: server("connection refused", None)
                except DBAPIError as error: raise RuntimeError("no database") from error
                """,
            expected: "ServerError: connection refused; env.py then raised RuntimeError: no database None"),
        Chain(
            testDescription: "an error that repeats the message of its cause",
            code: """
                try: server("connection refused", None)
                except DBAPIError as error: raise RuntimeError("connection refused") from error
                """,
            expected: "ServerError: connection refused None"),
        Chain(
            testDescription: "from None, nothing of the server",
            code: """
                try: {}["a"]
                except KeyError: raise RuntimeError("set DATABASE_URL") from None
                """,
            expected: "RuntimeError: set DATABASE_URL None"),
        Chain(
            testDescription: "from None hides what the server said",
            code: """
                try: server("password authentication failed", "28P01")
                except DBAPIError: raise RuntimeError("set DATABASE_URL") from None
                """,
            expected:
                "RuntimeError: set DATABASE_URL; before that the server said: password authentication failed 28P01"),
        Chain(
            testDescription: "an explicit cause counts, not what was handled",
            code: """
                try: server("password authentication failed", "28P01")
                except DBAPIError: raise RuntimeError("bad settings") from ValueError("no host")
                """,
            expected: "RuntimeError: bad settings; before that the server said: password authentication failed 28P01"),
        Chain(
            testDescription: "sys.exit() after an error of the server",
            code: """
                try: server("database \\"x\\" does not exist", "3D000")
                except DBAPIError: sys.exit(3)
                """,
            expected: "ServerError: database \"x\" does not exist; env.py then ended the process with sys.exit(3) 3D000"
        ),
        Chain(testDescription: "one error", code: "{}['config']", expected: "KeyError: 'config' None"),
        Chain(
            testDescription: "an error that is its own cause",
            code: """
                error = KeyError("config")
                error.__cause__ = RuntimeError("loop")
                error.__cause__.__cause__ = error
                raise error
                """,
            expected: "KeyError: 'config' None"),
    ]

    @Test(arguments: chains) func theLinkThatCounts(chain: Chain) async throws {
        let body = chain.code.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let script = """
            import sys
            sys.path.insert(0, sys.argv[1])
            from sqlalchemy.exc import DBAPIError, OperationalError
            from schemad_runner.errors import addition, deciding, own_sqlstate, sqlstate, text_of

            class ServerError(Exception):
                pass

            def server(message, code):
                try:
                    error = ServerError(message)
                    error.sqlstate = code
                    raise error
                except ServerError as error:
                    raise OperationalError("SELECT 1", {}, error) from error

            def run():
            \(body)

            try:
                run()
            except BaseException as error:
                cause = deciding(error, is_read_only=\(chain.isReadOnly ? "True" : "False"))
                name, message = text_of(cause)
                print(f"{name}: {message}{addition(error, cause, message, 'env.py')}", end=" ")
                print(own_sqlstate(cause) or sqlstate(error))
            """
        let folder = RepositoryRoot.path + "/Sources/Alembic/Runner"
        let outcome = try await Program.run(TestPython.interpreter, ["-c", script, folder])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput == chain.expected + "\n")
    }
}
