import Schema

/// Constraints, indexes, triggers and policies.
extension CatalogObjectsTests {
    static let constraints = CatalogCase(
        testDescription: "constraints",
        statements: [
            "CREATE TABLE p (a int, b int, UNIQUE (b, a))",
            """
            CREATE TABLE t (
                gone int, id int, a int, b int, during int4range,
                CONSTRAINT pk PRIMARY KEY (id) INCLUDE (a), CONSTRAINT once UNIQUE (b) DEFERRABLE INITIALLY DEFERRED,
                CONSTRAINT apart EXCLUDE USING gist (during WITH &&) WHERE (a > 0),
                CONSTRAINT sane CHECK (b > a AND a <> 3) NO INHERIT)
            """, "ALTER TABLE t DROP COLUMN gone",
            "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE CASCADE NOT VALID",
            "ALTER TABLE t ADD CONSTRAINT later CHECK (a::text <> ' NOT VALID') NOT VALID",
            "ALTER TABLE t ADD CONSTRAINT words CHECK (a::text <> ' NOT VALID')",
            "ALTER TABLE t ADD CONSTRAINT whole CHECK (t IS NOT NULL AND tableoid > 0)",
        ],
        tables: [
            Table(
                schema: "public", name: "p", kind: .table,
                columns: [
                    Column(name: "a", type: "integer", nullable: true),
                    Column(name: "b", type: "integer", nullable: true),
                ],
                constraints: [
                    Constraint(name: "p_b_a_key", kind: .unique, columns: ["b", "a"], definition: "UNIQUE (b, a)")
                ]),
            Table(
                schema: "public", name: "t", kind: .table,
                columns: [
                    Column(name: "id", type: "integer", nullable: false),
                    Column(name: "a", type: "integer", nullable: true),
                    Column(name: "b", type: "integer", nullable: true),
                    Column(name: "during", type: "int4range", nullable: true),
                ],
                constraints: [
                    Constraint(
                        name: "apart", kind: .exclude, columns: ["during"],
                        definition: "EXCLUDE USING gist (during WITH &&) WHERE ((a > 0))"),
                    Constraint(
                        name: "fk", kind: .foreignKey, columns: ["a", "b"],
                        definition: "FOREIGN KEY (a, b) REFERENCES public.p(a, b) ON DELETE CASCADE",
                        isValidated: false,
                        references: TableName(schema: "public", name: "p")),
                    Constraint(
                        name: "later", kind: .check, columns: ["a"],
                        definition: "CHECK (((a)::text <> ' NOT VALID'::text))", isValidated: false),
                    Constraint(
                        name: "once", kind: .unique, columns: ["b"],
                        definition: "UNIQUE (b) DEFERRABLE INITIALLY DEFERRED"),
                    Constraint(
                        name: "pk", kind: .primaryKey, columns: ["id"], definition: "PRIMARY KEY (id) INCLUDE (a)"),
                    Constraint(
                        name: "sane", kind: .check, columns: ["b", "a"],
                        definition: "CHECK (((b > a) AND (a <> 3))) NO INHERIT"),
                    Constraint(
                        name: "whole", kind: .check, columns: [],
                        definition: "CHECK (((t.* IS NOT NULL) AND (tableoid > (0)::oid)))"),
                    Constraint(
                        name: "words", kind: .check, columns: ["a"],
                        definition: "CHECK (((a)::text <> ' NOT VALID'::text))"),
                ]),
        ])

    static let indexes = CatalogCase(
        testDescription: "indexes",
        statements: [
            "CREATE SCHEMA \"s USING \"\"s\"", "CREATE TABLE \"s USING \"\"s\".\"t USING t\" (a int, b text)",
            "INSERT INTO \"s USING \"\"s\".\"t USING t\" VALUES (1), (1)",
            "CREATE UNIQUE INDEX \"i USING \"\" i\" ON \"s USING \"\"s\".\"t USING t\" (lower(b) DESC) INCLUDE (a)",
            "CREATE INDEX plain ON \"s USING \"\"s\".\"t USING t\" (a, b COLLATE \"C\" text_pattern_ops NULLS FIRST)",
            "CREATE INDEX part ON \"s USING \"\"s\".\"t USING t\" USING hash (a) WHERE b <> ' USING '",
            "CREATE INDEX brin ON \"s USING \"\"s\".\"t USING t\" USING brin (a) WITH (pages_per_range = 4)",
            "CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one", "CREATE INDEX on_view ON kept (one)",
        ],
        schemas: ["s USING \"s"],
        tables: [
            Table(
                schema: "public", name: "kept", kind: .materializedView,
                columns: [Column(name: "one", type: "integer", nullable: true)],
                indexes: [Index(name: "on_view", definition: "USING btree (one)")], definition: " SELECT 1 AS one;"),
            Table(
                schema: "s USING \"s", name: "t USING t", kind: .table,
                columns: [
                    Column(name: "a", type: "integer", nullable: true), Column(name: "b", type: "text", nullable: true),
                ],
                indexes: [
                    Index(name: "brin", definition: "USING brin (a) WITH (pages_per_range='4')"),
                    Index(name: "failed", definition: "USING btree (a)", isUnique: true, isValid: false),
                    Index(name: "i USING \" i", definition: "USING btree (lower(b) DESC) INCLUDE (a)", isUnique: true),
                    Index(name: "part", definition: "USING hash (a) WHERE (b <> ' USING '::text)"),
                    Index(
                        name: "plain",
                        definition: "USING btree (a, b COLLATE \"C\" text_pattern_ops NULLS FIRST)"),
                ]),
        ],
        failing: ["CREATE UNIQUE INDEX CONCURRENTLY failed ON \"s USING \"\"s\".\"t USING t\" (a)"])

    static let triggers = CatalogCase(
        testDescription: "triggers",
        statements: [
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TABLE t (a int PRIMARY KEY, b int REFERENCES t) PARTITION BY LIST (a)",
            "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)",
            "CREATE TRIGGER each BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.a > 1) EXECUTE FUNCTION f('x')",
            "CREATE TABLE u (a int)",
            "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON u DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f()",
            "ALTER TABLE u DISABLE TRIGGER late",
        ],
        tables: [
            Table(
                schema: "public", name: "t", kind: .partitioned, columns: triggerColumns(),
                constraints: triggerConstraints("t"), triggers: [triggerOfEachRow("t")], partitionKey: "LIST (a)"),
            Table(
                schema: "public", name: "t1", kind: .table, columns: triggerColumns(isInherited: true),
                constraints: triggerConstraints("t1", isInherited: true),
                triggers: [triggerOfEachRow("t1", isInherited: true)], partitionBound: "FOR VALUES IN (1)",
                parents: [TableName(schema: "public", name: "t")]),
            Table(
                schema: "public", name: "u", kind: .table,
                columns: [Column(name: "a", type: "integer", nullable: true)],
                triggers: [
                    Trigger(
                        name: "late",
                        definition: "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON public.u DEFERRABLE INITIALLY "
                            + "IMMEDIATE FOR EACH ROW EXECUTE FUNCTION public.f()",
                        state: .disabled)
                ]),
        ],
        routines: [triggerFunction])

    static func triggerColumns(isInherited: Bool = false) -> [Column] {
        [
            Column(name: "a", type: "integer", nullable: false, isInherited: isInherited),
            Column(name: "b", type: "integer", nullable: true, isInherited: isInherited),
        ]
    }

    static func triggerConstraints(_ table: String, isInherited: Bool = false) -> [Constraint] {
        [
            Constraint(
                name: "t_b_fkey", kind: .foreignKey, columns: ["b"],
                definition: "FOREIGN KEY (b) REFERENCES public.t(a)",
                references: TableName(schema: "public", name: "t"), isInherited: isInherited),
            Constraint(
                name: "\(table)_pkey", kind: .primaryKey, columns: ["a"], definition: "PRIMARY KEY (a)",
                isInherited: isInherited),
        ].sorted { $0.name < $1.name }
    }

    static func triggerOfEachRow(_ table: String, isInherited: Bool = false) -> Trigger {
        Trigger(
            name: "each",
            definition: "CREATE TRIGGER each BEFORE INSERT ON public.\(table) FOR EACH ROW WHEN ((new.a > 1)) "
                + "EXECUTE FUNCTION public.f('x')",
            isInherited: isInherited)
    }

    static let triggerFunction = Routine(
        schema: "public", signature: "f()",
        definition: "CREATE OR REPLACE FUNCTION public.f()\n RETURNS trigger\n LANGUAGE plpgsql\n"
            + "AS $function$BEGIN RETURN NEW; END$function$\n")

    static let policies = CatalogCase(
        testDescription: "policies",
        statements: [
            "CREATE TABLE t (a int)", "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY few ON t AS RESTRICTIVE FOR UPDATE TO postgres, pg_monitor USING (a > 1) WITH CHECK (a > 2)",
            "CREATE POLICY everybody ON t USING (a IN (SELECT a FROM t))",
        ],
        tables: [
            Table(
                schema: "public", name: "t", kind: .table,
                columns: [Column(name: "a", type: "integer", nullable: true)],
                policies: [
                    Policy(
                        name: "everybody",
                        using: "(a IN ( SELECT t_1.a\n   FROM public.t t_1))"),
                    Policy(
                        name: "few", isPermissive: false, command: "UPDATE", roles: ["pg_monitor", "postgres"],
                        using: "(a > 1)", check: "(a > 2)"),
                ], rowSecurity: .enabled)
        ])
}
