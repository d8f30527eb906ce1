import FoundationEssentials
import Postgres
import Support
import Testing

@Suite struct DatabaseAddressTests {
    @Test(arguments: [
        ("postgresql://u:p%40ss%2F@db.example:6543/shop?sslmode=require", "db.example:6543/shop"),
        ("postgres://db.example/shop", "db.example:5432/shop"),
        ("postgresql+asyncpg://u@db.example/shop", "db.example:5432/shop"),
        ("host=/run/postgresql dbname=shop user=u password='p w'", "/run/postgresql:5432/shop"),
        ("postgresql:///shop?host=/run/postgresql&port=7", "/run/postgresql:7/shop"),
        ("postgresql://%2Frun%2Fpostgresql/shop", "/run/postgresql:5432/shop"),
        ("postgresql://a:1,b:2/shop?target_session_attrs=read-write", "a:1,b:2/shop"),
        ("postgresql://u:secret@[::1]:6543/shop", "[::1]:6543/shop"),
        ("dbname=shop", "localhost:5432/shop"), ("user=u", "localhost:5432/u"),
    ])
    func descriptionContainsNoSecrets(text: String, description: String) throws {
        let address = try DatabaseAddress(text)
        #expect(address.description == description)
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] {
            for secret in ["p@ss", "p w", "secret"] { #expect(!text.contains(secret)) }
        }
    }

    @Test(arguments: [
        "", "hunter2 in no form", "postgresql://u:hunter2%ZZ@h/db", "mysql://u:hunter2@h/db", "host=h hunter2",
        "postgresql://u:hunter2@h/db?nonsense=1", "postgresql://u@[::1/hunter2",
    ])
    func parseErrorDoesNotQuoteTheAddress(text: String) {
        let error = #expect(throws: PostgresError.self) { try DatabaseAddress(text) }
        #expect(error?.kind == .configuration)
        #expect(error.map { "\($0)" }?.contains("hunter2") == false)
    }

    @Test(
        arguments: [
            ("postgresql://u:p%40s s@h:1/d?sslmode=require", nil, "postgresql://u:p%40s%20s@h:1/d?sslmode=require"),
            (
                "postgresql://u:p@h/d?sslmode=require&connect_timeout=3", "asyncpg",
                "postgresql+asyncpg://u:p@h/d?ssl=require"
            ),
            (
                "host=/run/pg port=7 dbname=d user=u", "psycopg2",
                "postgresql+psycopg2://u@localhost/d?host=/run/pg&port=7"
            ),
            ("postgresql://u@a:1,b:2/d", "psycopg", "postgresql+psycopg://u@localhost/d?host=a%2Cb&port=1%2C2"),
            ("host=::1 port=7 dbname=d", "psycopg", "postgresql+psycopg://[::1]:7/d"),
            ("dbname='a b'", nil, "postgresql:///a%20b"),
            ("dbname='a b'", "asyncpg", "postgresql+asyncpg:///?database=a%20b"),
            ("password=p dbname=d", "psycopg", "postgresql+psycopg:///d?password=p"),
        ] as [(String, String?, String)])
    func urlsForDrivers(text: String, driver: String?, url: String) throws {
        #expect(try DatabaseAddress(text).url(driver: driver) == url)
    }

    /// libpq parses our URLs to the same parameters.
    @Test(arguments: [
        "postgresql://us%20er:p%25%2F%3A%40%3F%23@h:1/d%20b?sslmode=require&application_name=x%20y",
        #"host=/run/p#g,/run/q port=7,8 user='u\'s' password='%%' dbname='a/b?c=d'"#, "host=::1 dbname=d password=x",
        "hostaddr=127.0.0.1 dbname=d", "host=h hostaddr=127.0.0.1 dbname=d",
    ])
    func roundTrip(text: String) throws {
        let address = try DatabaseAddress(text)
        var parameters = try DatabaseAddress(address.url()).parameters
        if let host = parameters["host"], address.parameters["host"] == nil {
            parameters["hostaddr"] = host
            parameters["host"] = nil
        }
        #expect(parameters == address.parameters)
    }

    /// SQLAlchemy connects to the database with our URL, with each driver of the test environment.
    @Test func driversConnectWithTheURL() async throws {
        let settings = EmbeddedCluster.Settings(listensOnTCP: true)
        try await TestCluster.own(settings) { cluster in
            let (user, password, database) = ("o'dd %user", "p@ss:/?#[] %&=+", "my db?%x")
            try await TestCluster.execute(
                cluster.url(), #"CREATE ROLE "o'dd %user" SUPERUSER LOGIN PASSWORD 'p@ss:/?#[] %&=+'"#,
                #"CREATE DATABASE "my db?%x""#)
            let onSocket = try DatabaseAddress(await cluster.url())
            let overTCP = try DatabaseAddress(
                try await cluster.urlOverTCP(database: database, user: user, password: password))
            let listed = try DatabaseAddress(
                "host=127.0.0.1,\(await cluster.folder) port=1,\(await cluster.port) dbname=postgres user=postgres")
            let addresses = [onSocket, onSocket.with(database: database), overTCP, listed]
            let drivers = try await Program.run(TestPython.interpreter, ["-c", Self.finder]).lines
            #expect(drivers.contains("psycopg"), "\(TestPython.interpreter) lacks what the example needs")
            for driver in drivers {
                let urls = addresses.map { $0.url(driver: driver) }
                let outcome = try await Program.run(TestPython.interpreter, ["-c", Self.script] + urls)
                #expect(outcome.status == 0, "\(driver): \(outcome.standardError.suffix(600))")
                #expect(outcome.lines == addresses.flatMap { [$0.database, $0.user] }, "\(driver)")
            }
        }
    }

    private static let finder = """
        from importlib.util import find_spec
        needs = {"psycopg": [], "psycopg2": [], "asyncpg": ["greenlet"]}
        for driver, others in needs.items():
            if all(find_spec(name) for name in [driver, *others]):
                print(driver)
        """

    private static let script = """
        import asyncio, sys
        from sqlalchemy import create_engine, text

        question = text("SELECT current_database(), current_user")

        async def ask(url):
            from sqlalchemy.ext.asyncio import create_async_engine
            async with create_async_engine(url).connect() as connection:
                return (await connection.execute(question)).one()

        for url in sys.argv[1:]:
            if "+asyncpg" in url:
                answer = asyncio.run(ask(url))
            else:
                with create_engine(url).connect() as connection:
                    answer = connection.execute(question).one()
            print(*answer, sep="\\n")
        """
}
