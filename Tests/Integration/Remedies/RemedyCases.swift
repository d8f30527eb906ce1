import Testing

/// Changes by hand, and what the pasted remedies leave.
struct RemedyCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var statements: [String]
    /// The differences that no statement resolves, each as kind and object.
    var remaining: [String] = []
    /// What the remedies must contain.
    var contains: [String] = []
    /// The tables and columns that lose their present name, as `schema.table` or `schema.table.column`.
    var renamed: [String] = []

    init(
        _ name: String, _ statements: String..., remaining: [String] = [], contains: [String] = [],
        renamed: [String] = []
    ) {
        testDescription = name
        self.statements = statements
        self.remaining = remaining
        self.contains = contains
        self.renamed = renamed
    }
}

extension RemedyCase {
    static let constraints = [
        RemedyCase(
            "check dropped", "ALTER TABLE item DROP CONSTRAINT item_qty_check",
            contains: [
                "-- SELECT count(*) FROM item WHERE NOT ( CASE WHEN active THEN (qty IS NOT NULL) ELSE true END);"
            ]),
        RemedyCase(
            "check changed",
            "ALTER TABLE item DROP CONSTRAINT item_qty_check, ADD CONSTRAINT item_qty_check CHECK (qty > 0)"),
        RemedyCase("check renamed", "ALTER TABLE item RENAME CONSTRAINT item_qty_check TO by_hand"),
        RemedyCase(
            "check broken by a row", "ALTER TABLE \"Odd \"\"Name\" DROP CONSTRAINT \"odd check\"",
            contains: ["CHECK ((\"Some Col\" <> E'x\\ny'::text)) NOT VALID;"]),
        RemedyCase(
            "check not validated", "ALTER TABLE item DROP CONSTRAINT item_qty_check",
            """
            ALTER TABLE item ADD CONSTRAINT item_qty_check CHECK (CASE WHEN active THEN qty IS NOT NULL ELSE true END)
            NOT VALID
            """),
        RemedyCase(
            "check by hand", "ALTER TABLE item ADD CONSTRAINT by_hand CHECK (qty > 0)",
            remaining: ["extraConstraint item.by_hand"]),
        RemedyCase("foreign key dropped", "ALTER TABLE item DROP CONSTRAINT item_parent_fkey"),
        RemedyCase(
            "foreign key without its action",
            """
            ALTER TABLE item DROP CONSTRAINT item_parent_fkey,
            ADD CONSTRAINT item_parent_fkey FOREIGN KEY (parent_id) REFERENCES parent (id)
            """),
        RemedyCase(
            "primary key with its foreign key dropped", "ALTER TABLE parent DROP CONSTRAINT parent_pkey CASCADE"),
        RemedyCase(
            "two primary keys dropped", "ALTER TABLE item DROP CONSTRAINT item_pkey CASCADE",
            "ALTER TABLE seen DROP CONSTRAINT seen_pkey"),
        RemedyCase("unique dropped", "ALTER TABLE parent DROP CONSTRAINT parent_code_key"),
        RemedyCase(
            "unique replaced by an index of its name", "ALTER TABLE parent DROP CONSTRAINT parent_code_key",
            "CREATE UNIQUE INDEX parent_code_key ON parent (code)"),
        RemedyCase(
            "unique with other columns",
            "ALTER TABLE parent DROP CONSTRAINT parent_code_key, ADD CONSTRAINT parent_code_key UNIQUE (code, id)"),
        RemedyCase("exclusion dropped", "ALTER TABLE booking DROP CONSTRAINT booking_apart"),
        RemedyCase(
            "foreign key of another schema dropped", "ALTER TABLE app.account DROP CONSTRAINT account_item_fkey"),
        RemedyCase("primary key of a partitioned table dropped", "ALTER TABLE log DROP CONSTRAINT log_pkey"),
    ]

    static let indexes = [
        RemedyCase("index dropped", "DROP INDEX item_title_idx"),
        RemedyCase("index of an expression dropped", "DROP INDEX item_lower_idx"),
        RemedyCase("unique index dropped", "DROP INDEX item_ticket_idx", contains: ["HAVING count(*) > 1;"]),
        RemedyCase(
            "index without its condition", "DROP INDEX item_title_idx",
            "CREATE INDEX item_title_idx ON item (title)"),
        RemedyCase(
            "index no longer unique", "DROP INDEX item_ticket_idx",
            "CREATE INDEX item_ticket_idx ON item (ticket)"),
        RemedyCase("index renamed", "ALTER INDEX item_lower_idx RENAME TO other_name"),
        RemedyCase("index with an odd name dropped", "DROP INDEX \"Odd Index\""),
        RemedyCase("index of a partitioned table dropped", "DROP INDEX log_text_idx"),
        RemedyCase(
            "index of a partitioned table changed", "DROP INDEX log_text_idx",
            "CREATE INDEX log_text_idx ON log (text, id)"),
        RemedyCase("index of a materialized view dropped", "DROP INDEX totals_idx"),
        RemedyCase(
            "index by hand", "CREATE INDEX by_hand ON item (made)", remaining: ["extraIndex by_hand"]),
        RemedyCase(
            "index invalid", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'item_lower_idx'::regclass"),
    ]

    static let columns = [
        RemedyCase(
            "integer became text", "ALTER TABLE item ALTER unused TYPE text", contains: ["USING unused::integer"]),
        RemedyCase(
            "integer with a default became text", "DROP VIEW codes, items", "DROP MATERIALIZED VIEW totals",
            "ALTER TABLE item DROP COLUMN area, DROP CONSTRAINT item_qty_check", "DROP TRIGGER item_stamp ON item",
            "DROP INDEX item_lower_idx",
            "ALTER TABLE item ALTER qty DROP DEFAULT, ALTER qty TYPE text, ALTER qty SET DEFAULT '1'"),
        RemedyCase(
            "enum became text", "ALTER TABLE item ALTER shade DROP DEFAULT, ALTER shade TYPE text",
            contains: ["USING shade::"]),
        RemedyCase(
            "enum with a default became text",
            "ALTER TABLE item ALTER shade DROP DEFAULT, ALTER shade TYPE text, ALTER shade SET DEFAULT 'green'"),
        RemedyCase("enum became another enum", "ALTER TABLE item ALTER feeling TYPE color USING NULL"),
        RemedyCase("numeric became wider", "ALTER TABLE item ALTER price TYPE numeric(12, 4)"),
        RemedyCase(
            "a wider value does not fit", "ALTER TABLE item ALTER price TYPE numeric(12, 4)",
            "UPDATE item SET price = 1.2345", remaining: ["type item.price"]),
        RemedyCase("bigint became integer", "ALTER TABLE app.account ALTER item_id TYPE integer"),
        RemedyCase(
            "a view and a policy use the column", "DROP VIEW plain", "DROP POLICY mine ON parent",
            "ALTER TABLE parent ALTER note TYPE varchar(9)", "CREATE VIEW plain AS SELECT id, note FROM parent",
            "CREATE POLICY mine ON parent FOR SELECT USING (note IS NULL)", remaining: ["type parent.note"],
            contains: ["-- The column is used by view plain, policy mine."]),
        RemedyCase(
            "time zone lost", "ALTER TABLE item ALTER made DROP DEFAULT, ALTER made TYPE timestamp",
            "ALTER TABLE item ALTER made SET DEFAULT now()"),
        RemedyCase("collation lost", "ALTER TABLE item ALTER alias TYPE text COLLATE \"default\""),
        RemedyCase("default dropped", "ALTER TABLE item ALTER active DROP DEFAULT"),
        RemedyCase("default changed", "ALTER TABLE \"Odd \"\"Name\" ALTER \"Some Col\" SET DEFAULT 'x'"),
        RemedyCase("default by hand", "ALTER TABLE parent ALTER note SET DEFAULT 'x'"),
        RemedyCase(
            "NOT NULL dropped", "ALTER TABLE parent ALTER code DROP NOT NULL",
            contains: ["SELECT count(*) FROM parent WHERE code IS NULL;"]),
        RemedyCase(
            "NOT NULL dropped, and a NULL where there is a default",
            "ALTER TABLE item ALTER made DROP NOT NULL", "UPDATE item SET made = NULL WHERE id < 3"),
        RemedyCase(
            "NOT NULL dropped, and a NULL", "ALTER TABLE parent ALTER code DROP NOT NULL",
            "INSERT INTO parent (code) VALUES (NULL)", remaining: ["nullability parent.code"]),
        RemedyCase("NOT NULL by hand", "ALTER TABLE item ALTER title SET NOT NULL"),
        RemedyCase("identity dropped", "ALTER TABLE item ALTER id DROP IDENTITY", contains: ["setval("]),
        RemedyCase("identity changed", "ALTER TABLE item ALTER id SET GENERATED ALWAYS SET INCREMENT BY 7"),
        RemedyCase("column dropped", "ALTER TABLE item DROP COLUMN title CASCADE"),
        RemedyCase("column with NOT NULL and a default dropped", "ALTER TABLE app.account DROP COLUMN owner"),
        RemedyCase(
            "column with NOT NULL and no default dropped", "ALTER TABLE parent DROP COLUMN code CASCADE",
            remaining: ["nullability parent.code"]),
        RemedyCase(
            "serial dropped", "ALTER TABLE item DROP CONSTRAINT item_parent_fkey",
            "DROP VIEW plain, codes, items", "ALTER TABLE parent DROP COLUMN id"),
        RemedyCase("generated column dropped", "ALTER TABLE item DROP COLUMN area"),
        RemedyCase(
            "generated column became plain", "ALTER TABLE item ALTER area DROP EXPRESSION",
            remaining: ["generated item.area"]),
        RemedyCase(
            "plain column became generated", "ALTER TABLE item DROP COLUMN unused",
            "ALTER TABLE item ADD unused integer GENERATED ALWAYS AS (qty + 1) STORED"),
        RemedyCase("column and its enum dropped", "ALTER TABLE item DROP COLUMN shade", "DROP TYPE color"),
        RemedyCase(
            "column and its sequence dropped", "ALTER TABLE item DROP COLUMN ticket", "DROP SEQUENCE app.ticket"),
        RemedyCase(
            "column renamed", "ALTER TABLE seen RENAME COLUMN note TO remark",
            contains: ["ALTER TABLE seen RENAME COLUMN remark TO note;"], renamed: ["public.seen.remark"]),
        RemedyCase(
            "column renamed, with view, index and constraints", "ALTER TABLE item RENAME COLUMN title TO name",
            contains: ["ALTER TABLE item RENAME COLUMN name TO title;"], renamed: ["public.item.name"]),
        RemedyCase("key renamed", "ALTER TABLE parent RENAME COLUMN code TO key", renamed: ["public.parent.key"]),
        RemedyCase(
            "column by hand", "ALTER TABLE item ADD COLUMN by_hand integer",
            remaining: ["extraColumn item.by_hand"]),
        RemedyCase("column of a partitioned table dropped", "ALTER TABLE log DROP COLUMN text"),
        RemedyCase("column of a parent table dropped", "ALTER TABLE animal DROP COLUMN name"),
        RemedyCase(
            "comments", "COMMENT ON TABLE parent IS 'x'", "COMMENT ON COLUMN parent.code IS NULL",
            "COMMENT ON COLUMN item.title IS 'by hand'"),
    ]

    static let relations = [
        RemedyCase("table dropped", "DROP TABLE seen"),
        RemedyCase(
            "table with everything dropped", "DROP TABLE item CASCADE",
            remaining: [
                "constraintNotValidated app.account.account_item_fkey", "constraintNotValidated seen.seen_item_fkey",
            ]),
        RemedyCase(
            "tables that refer to each other dropped", "DROP TABLE item, parent, seen CASCADE",
            remaining: ["constraintNotValidated app.account.account_item_fkey"]),
        RemedyCase(
            "table with a serial dropped", "DROP TABLE parent CASCADE",
            remaining: ["constraintNotValidated item.item_parent_fkey"]),
        RemedyCase("table of another schema dropped", "DROP TABLE app.account"),
        RemedyCase("schema dropped", "DROP SCHEMA app CASCADE"),
        RemedyCase("table with odd names dropped", "DROP TABLE \"Odd \"\"Name\""),
        RemedyCase("partitioned table dropped", "DROP TABLE log"),
        RemedyCase("partition dropped", "DROP TABLE log_2024"),
        RemedyCase("partition detached", "ALTER TABLE log DETACH PARTITION log_2024"),
        RemedyCase(
            "partition with other bounds", "ALTER TABLE log DETACH PARTITION log_2025",
            "ALTER TABLE log ATTACH PARTITION log_2025 FOR VALUES FROM ('2025-01-01') TO ('2027-01-01')"),
        RemedyCase("child dropped", "DROP TABLE dog"),
        RemedyCase("child no longer inherits", "ALTER TABLE dog NO INHERIT animal"),
        RemedyCase("parent and child dropped", "DROP TABLE animal CASCADE"),
        RemedyCase("logged", "ALTER TABLE cache SET LOGGED"),
        RemedyCase("table renamed", "ALTER TABLE seen RENAME TO watched", renamed: ["public.watched"]),
        RemedyCase(
            "table with views and foreign keys renamed", "ALTER TABLE item RENAME TO thing",
            renamed: ["public.thing"]),
        RemedyCase("table moved", "ALTER TABLE booking SET SCHEMA app", renamed: ["app.booking"]),
        RemedyCase("view dropped", "DROP VIEW plain"),
        RemedyCase("views dropped", "DROP VIEW items CASCADE"),
        RemedyCase("view changed", "CREATE OR REPLACE VIEW plain AS SELECT id, note FROM parent WHERE id > 1"),
        RemedyCase("view with other columns", "DROP VIEW plain", "CREATE VIEW plain AS SELECT id, code FROM parent"),
        RemedyCase("view with more columns", "CREATE OR REPLACE VIEW plain AS SELECT id, note, code FROM parent"),
        RemedyCase("view renamed", "ALTER VIEW plain RENAME TO simple", renamed: ["public.simple"]),
        RemedyCase("materialized view dropped", "DROP MATERIALIZED VIEW totals"),
        RemedyCase(
            "materialized view changed", "DROP MATERIALIZED VIEW totals",
            "CREATE MATERIALIZED VIEW totals AS SELECT parent_id, count(*) AS sum FROM item GROUP BY parent_id"),
        RemedyCase("trigger dropped", "DROP TRIGGER item_stamp ON item"),
        RemedyCase(
            "trigger changed", "DROP TRIGGER item_stamp ON item",
            "CREATE TRIGGER item_stamp AFTER UPDATE ON item FOR EACH ROW EXECUTE FUNCTION stamp()"),
        RemedyCase("trigger disabled", "ALTER TABLE item DISABLE TRIGGER item_stamp"),
        RemedyCase("trigger enabled", "ALTER TABLE seen ENABLE TRIGGER seen_stamp"),
        RemedyCase("policy dropped", "DROP POLICY mine ON parent"),
        RemedyCase("policy changed", "ALTER POLICY mine ON parent USING (true)"),
        RemedyCase("row security off", "ALTER TABLE parent DISABLE ROW LEVEL SECURITY"),
        RemedyCase("row security on", "ALTER TABLE seen ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"),
    ]

    static let objects = [
        RemedyCase(
            "enum label by hand", "ALTER TYPE color ADD VALUE 'by hand'", remaining: ["enumLabels color"],
            contains: ["cannot remove a label"]),
        RemedyCase(
            "enum with fewer labels", "ALTER TABLE item DROP COLUMN feeling", "DROP TYPE mood",
            "CREATE TYPE mood AS ENUM ('happy')", contains: ["ADD VALUE IF NOT EXISTS 'sad' BEFORE 'happy';"]),
        RemedyCase(
            "enum in another order", "ALTER TABLE item DROP COLUMN feeling", "DROP TYPE mood",
            "CREATE TYPE mood AS ENUM ('happy', 'it''s ok')", remaining: ["enumLabels mood"],
            contains: ["cannot change the order"]),
        RemedyCase("enum dropped", "ALTER TABLE item DROP COLUMN feeling", "DROP TYPE mood"),
        RemedyCase("enum renamed", "ALTER TYPE mood RENAME TO feelings"),
        RemedyCase("domain dropped", "DROP DOMAIN email CASCADE"),
        RemedyCase(
            "domain changed", "ALTER DOMAIN score DROP CONSTRAINT score_range",
            "ALTER DOMAIN score ADD CONSTRAINT score_range CHECK (VALUE > -5)",
            "ALTER DOMAIN score SET DEFAULT 7"),
        RemedyCase("composite dropped", "DROP TYPE pair CASCADE"),
        RemedyCase("composite with fewer attributes", "ALTER TYPE pair DROP ATTRIBUTE y CASCADE"),
        RemedyCase("range dropped", "DROP TYPE span CASCADE"),
        RemedyCase("extension dropped", "DROP EXTENSION citext CASCADE"),
        RemedyCase("sequence dropped", "DROP SEQUENCE loose"),
        RemedyCase("used sequence dropped", "DROP SEQUENCE app.ticket CASCADE", contains: ["setval("]),
        RemedyCase(
            "serial's sequence dropped", "DROP SEQUENCE parent_id_seq CASCADE", contains: ["OWNED BY parent.id"]),
        RemedyCase("sequence changed", "ALTER SEQUENCE app.ticket INCREMENT 1 CYCLE"),
        RemedyCase("sequence without its owner", "ALTER SEQUENCE parent_id_seq OWNED BY NONE"),
        RemedyCase("function dropped", "DROP FUNCTION answer()"),
        RemedyCase("function with its default dropped", "DROP FUNCTION double(integer) CASCADE"),
        RemedyCase("function with its triggers dropped", "DROP FUNCTION stamp() CASCADE"),
        RemedyCase(
            "function changed",
            """
            CREATE OR REPLACE FUNCTION double(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1'
            """),
        RemedyCase(
            "function with another result", "DROP FUNCTION answer()",
            "CREATE FUNCTION answer() RETURNS text LANGUAGE sql AS 'SELECT ''x'''"),
        RemedyCase("procedure dropped", "DROP PROCEDURE tidy()"),
        RemedyCase("aggregate dropped", "DROP AGGREGATE total(integer)"),
        RemedyCase(
            "aggregate changed", "DROP AGGREGATE total(integer)",
            "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '5')"),
    ]

    static let several = [
        RemedyCase(
            "column, key and function", "ALTER TABLE parent DROP CONSTRAINT parent_pkey CASCADE",
            "DROP FUNCTION double(integer) CASCADE", "ALTER TABLE item DROP COLUMN title CASCADE"),
        RemedyCase(
            "renamed and dropped", "ALTER TABLE item RENAME COLUMN title TO name", "DROP INDEX item_title_idx",
            "DROP TABLE seen", renamed: ["public.item.name"]),
        RemedyCase(
            "type, default, NOT NULL and enum", "ALTER TABLE item ALTER shade DROP DEFAULT, ALTER shade TYPE text",
            "DROP TYPE color", "ALTER TABLE item ALTER made DROP DEFAULT, ALTER made DROP NOT NULL"),
        RemedyCase(
            "table, extension, sequence", "DROP TABLE item CASCADE", "DROP EXTENSION citext CASCADE",
            "DROP SEQUENCE app.ticket", "DROP TYPE color", "DROP DOMAIN email",
            remaining: [
                "constraintNotValidated app.account.account_item_fkey", "constraintNotValidated seen.seen_item_fkey",
            ]),
        RemedyCase("everything", "DROP SCHEMA app CASCADE", "DROP SCHEMA public CASCADE", "CREATE SCHEMA public"),
    ]

    static let all = constraints + indexes + columns + relations + objects + several
}
