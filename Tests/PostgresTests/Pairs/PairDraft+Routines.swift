import Schema

/// Generates functions and aggregates.
extension PairDraft {
    mutating func makeRoutines() {
        let trigger = place("notice")
        step(
            .routines,
            "CREATE FUNCTION \(trigger.quoted)() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; END $f$")
        triggerFunctions.append(trigger.quoted)
        for _ in 0..<random.number(1..<4) { makeFunction() }
        if random.oneIn(3) { makeAggregate() }
    }

    private mutating func makeFunction() {
        let routine = place("calc")
        let typed = random.pick(kinds.filter { $0.family == .other && $0.type.hasPrefix("\"p") } + [ColumnKind.all[8]])
            .type
        let forms: [(kind: String, arguments: String, shown: String?, head: String, body: String, other: String)] = [
            (
                "FUNCTION", "integer", "integer", "a integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE",
                "AS 'SELECT $1 + 1'", "AS 'SELECT $1 + 2'"
            ),
            (
                "FUNCTION", "integer", "integer", "a integer) RETURNS integer IMMUTABLE",
                "BEGIN ATOMIC SELECT a + CASE WHEN a IN (1, 2) THEN 1 ELSE 0 END; END", "RETURN a * 2"
            ),
            (
                "FUNCTION", "text, text[]", "text, text[]",
                "a text, VARIADIC b text[]) RETURNS SETOF text LANGUAGE sql STABLE PARALLEL SAFE",
                "AS $f$ SELECT unnest(b) || 'ü' $f$", "AS $f$ SELECT unnest(b)  || 'ü' $f$"
            ),
            (
                "PROCEDURE", "numeric", "numeric", "INOUT a numeric) LANGUAGE plpgsql",
                "AS 'BEGIN a := a * 2; END'", "SECURITY DEFINER AS 'BEGIN a := a * 2; END'"
            ),
            (
                "FUNCTION", "", "",
                "OUT x integer, OUT y text) LANGUAGE sql STRICT COST 5 SET search_path = pg_catalog",
                "AS $$ SELECT 1, 'x'::text $$", "COST 6 AS $$ SELECT 1, 'x'::text $$"
            ),
            (
                "FUNCTION", typed, nil, "a \(typed)) RETURNS boolean LANGUAGE sql", "AS 'SELECT $1 IS NULL'",
                "STABLE AS 'SELECT $1 IS NULL'"
            ),
        ]
        let form = random.pick(forms)
        let create = "\(form.kind) \(routine.quoted)(\(form.head)"
        step(.routines, "CREATE \(create) \(form.body)")
        guard let arguments = form.shown else { return }
        let shown = routine.shown + arguments.bracketed
        let other = form.other.hasPrefix("COST") ? create.replacing("COST 5", with: "") : create
        propose(
            "change function", ["CREATE OR REPLACE \(other) \(form.other)"], touching: [routine.subject()],
            [.init(.function, shown)])
        let overload = "CREATE FUNCTION \(routine.quoted)(a date, b date) RETURNS int LANGUAGE sql AS 'SELECT 1'"
        let key = ObjectKey(
            .routine, schema: routine.schema, name: SQLIdentifier.quoted(routine.name) + "(date, date)")
        propose(
            "overload function", [overload], touching: [routine.subject()], [],
            unmanaged: ["function \(routine.shown)(date, date)"])
        propose(
            "overload function of old", [overload], touching: [routine.subject()],
            [.init(.extraFunction, "\(routine.shown)(date, date)", .handMade)], managed: [key])
        if form.kind == "FUNCTION", form.arguments == "integer", random.oneIn(2) {
            // Nothing can be dropped that a default uses.
            kinds.append(
                ColumnKind(
                    family: .integer, type: "integer", defaults: ["\(routine.quoted)(4)"], values: ColumnKind.numbers))
            functions.append(routine.quoted)
            return
        }
        propose(
            "drop function", ["DROP \(form.kind) \(routine.quoted)(\(form.arguments))"], touching: [routine.subject()],
            [.init(.missingFunction, shown)])
    }

    private mutating func makeAggregate() {
        let routine = place("total")
        step(
            .routines, "CREATE AGGREGATE \(routine.quoted) (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')")
        let shown = routine.shown + "(integer)"
        let drop = "DROP AGGREGATE \(routine.quoted) (integer)"
        propose("drop aggregate", [drop], touching: [routine.subject()], [.init(.missingFunction, shown)])
        propose(
            "change aggregate",
            [drop, "CREATE AGGREGATE \(routine.quoted) (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1')"],
            touching: [routine.subject()], [.init(.function, shown)])
    }
}
