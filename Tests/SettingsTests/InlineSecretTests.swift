import Settings
import Testing

/// Which values of a settings file are secrets.
@Suite struct InlineSecretTests {
    @Test(arguments: [
        "postgresql://u:p@h/d", "postgresql+asyncpg://u:p%40@h:5432/d", "postgres://:p@/d", "redis://:p@h:6379/0",
        "postgresql://u@h/d?password=p", "postgresql://h/d?sslmode=require&sslpassword=p",
        "postgresql://h/d?pass%77ord=p", "postgresql:///d?password=p", "postgresql://u:pa/ss@h/d",
        "postgresql://u:a?b@h/d", "postgresql://u:a@b@h/d", "postgresql://u:pre${PW}@h/d", "mysql://root:x@localhost",
        "host=h password=p dbname=d", "host=h password = 'two words'", "password=p", "PASSWORD=p host=h",
        "Server=h;Pwd=p", "-----BEGIN PRIVATE KEY-----\nx",
    ])
    func addressesWithASecret(_ text: String) { #expect(InlineSecret.isInAddress(text)) }

    @Test(arguments: [
        "", "postgresql://u@h/d", "postgresql:///d?host=/run/postgresql", "postgresql://h1:5432,h2:5433/d",
        "postgresql://[::1]:5432/d", "postgresql://u:${PW}@h/d", "postgresql://${USER}:${PW}@${HOST}:${PORT}/d",
        "${DATABASE_URL}", "${url+asyncpg}", "postgresql://u:@h/d", "postgresql://u@h/d?password=",
        "postgresql://u@h/d?password=${PW}", "postgresql://h:5432/d?application_name=a@b", "host=h user=u dbname=d",
        "host=h password='' user=u", "host=h password=${PW}", "passfile=/etc/pgpass host=h", "plain",
    ])
    func addressesWithout(_ text: String) { #expect(!InlineSecret.isInAddress(text)) }

    @Test(
        arguments: [
            ("DB_PASSWORD", "x"), ("PGPASSWORD", "x"), ("dbPassword", "x"), ("SECRET_KEY", "dev"), ("API_TOKEN", "t"),
            ("DB_PASS", "x"), ("SECRET_KEY_BASE", "x"), ("AWS_ACCESS_KEY", "x"), ("jwt.secret", "x"),
            ("DB_URL", "postgresql://u:p@h/d"), ("ANYTHING", "redis://:p@h"), ("DB_PASSWORD", "x${HOME}"),
            ("CREDENTIALS", "{}"),
        ] as [(String, String)])
    func secretVariables(_ name: String, _ value: String) { #expect(InlineSecret.isInVariable(name, value)) }

    @Test(
        arguments: [
            ("DB_PASSWORD", "${PW}"), ("DB_PASSWORD", ""), ("DB_PASSWORD", "${password}"), ("DB_URL", "${url}"),
            ("DB_PASSWORD_FILE", "/run/secrets/pw"), ("TOKEN_TTL", "3600"), ("AWS_ACCESS_KEY_ID", "x"),
            ("MODE", "test"), ("KEYBOARD", "qwerty"), ("COMPASS", "n"), ("REQUIRE_PASSWORD", "true"),
            ("PASSWORD_MIN_LENGTH", "12"), ("HOME", "/srv/app"),
        ] as [(String, String)])
    func otherVariables(_ name: String, _ value: String) { #expect(!InlineSecret.isInVariable(name, value)) }

    @Test func arguments() {
        #expect(InlineSecret.isInArgument("url=postgresql://u:p@h/d") && InlineSecret.isInArgument("password=p"))
        #expect(!InlineSecret.isInArgument("tenant=a") && !InlineSecret.isInArgument("verbose"))
    }
}
