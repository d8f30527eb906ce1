"""Compares the findings of migra and schemad on the same pairs of schemas.

    mkdir pairs && PAIRS_FOLDER=$PWD/pairs swift test --filter PairTests
    python3 -m venv venv && venv/bin/pip install 'setuptools<81' psycopg2-binary migra==3.0.1663481299
    venv/bin/python Tests/Benchmarks/migra/compare.py pairs/pairs.json postgresql://…/postgres --count 100

The URL is that of a server on which databases may be created and dropped; `psql` and `pg_dump` must be on PATH. The
table has a line for each pair; below it are the pairs in which only one of the two found a difference.
"""

import argparse
import collections
import json
import subprocess
import sys
import urllib.parse
import warnings

warnings.filterwarnings("ignore")

import migra  # noqa: E402
import sqlbag  # noqa: E402


def run(*arguments, text=None):
    outcome = subprocess.run(arguments, input=text, capture_output=True, encoding="utf-8", errors="replace")
    if outcome.returncode:
        sys.exit(f"{arguments[0]}: {outcome.stderr[-2000:]}")
    return outcome.stdout


def psql(url, statements):
    script = "SET client_min_messages = warning;\nBEGIN;\n" + "".join(f"{one};\n" for one in statements) + "COMMIT;\n"
    run("psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null", url, text=script)


class Server:
    def __init__(self, url):
        self.parts = urllib.parse.urlsplit(url)
        self.url = url

    def address(self, database):
        return urllib.parse.urlunsplit(self.parts._replace(path="/" + database))

    def administer(self, statement):
        command = ("--set", "ON_ERROR_STOP=1", "--command", "SET client_min_messages = warning", "--command", statement)
        run("psql", "--no-psqlrc", "--quiet", *command, "--output", "/dev/null", self.url)

    @staticmethod
    def names(pair):
        """New databases for each pair, because SQLAlchemy keeps connections open."""
        return tuple(f"migra_{side}_{pair['number']}" for side in ("expected", "live"))

    def drop(self, pair):
        for database in self.names(pair):
            self.administer(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def make(self, pair):
        """Creates both sides of a pair, each in its own database."""
        self.drop(pair)
        for database in self.names(pair):
            self.administer(f"CREATE DATABASE {database}")
        expected, live = (self.address(database) for database in self.names(pair))
        psql(expected, pair["expected"])
        if pair.get("live") is None:
            dump = run("pg_dump", "--no-owner", expected)
            run("psql", "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null", live, text=dump)
        else:
            psql(live, pair["live"])
        psql(live, pair["changes"])
        return expected, live


def driven(url):
    """The URL for SQLAlchemy, with an explicit driver."""
    return url.replace("postgresql://", "postgresql+psycopg2://", 1)


def statements_of_migra(expected, live):
    """The statements with which migra would change the live database to the expected one, or the text of its error."""
    try:
        with sqlbag.S(driven(live)) as source, sqlbag.S(driven(expected)) as target:
            migration = migra.Migration(source, target)
            migration.set_safety(False)
            migration.add_all_changes(privileges=False)
            return list(migration.statements), None
    except Exception as error:  # Any error is the result.
        return [], f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", help="pairs.json")
    parser.add_argument("url", help="a server on which databases may be made and dropped")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    arguments = parser.parse_args()
    with open(arguments.pairs, encoding="utf-8") as file:
        pairs = json.load(file)[arguments.first : arguments.first + arguments.count]
    server = Server(arguments.url)
    counts = collections.Counter()
    details = []
    print(f"{'pair':>4}  {'made':<9} {'planted':>7} {'schemad':>7} {'migra':>6}")
    for pair in pairs:
        expected, live = server.make(pair)
        statements, error = statements_of_migra(expected, live)
        server.drop(pair)
        found = pair.get("found") or []
        shown = "failed" if error else str(len(statements))
        wanted = len(pair["wanted"])
        print(f"{pair['number']:>4}  {pair['way']:<9} {wanted:>7} {len(found):>7} {shown:>6}", flush=True)
        changed = bool(pair["changes"])
        counts["pairs"] += 1
        counts["pairs that were changed" if changed else "pairs that are the same"] += 1
        if error:
            counts["migra gave up"] += 1
        if not changed:
            counts["the same: schemad found something"] += bool(found)
            counts["the same: migra found something"] += bool(statements)
        elif not wanted:
            counts["changed: nothing to report about what the migrations created"] += 1
            counts["changed so: migra found something"] += bool(statements)
        else:
            counts["changed: schemad found all that was planted"] += set(pair["wanted"]) <= set(found)
            counts["changed: migra found nothing"] += not statements and not error
        if error or bool(found) != bool(statements) or (statements and not changed):
            details.append((pair, found, statements, error))
    print()
    for name, count in counts.items():
        print(f"{count:>4}  {name}")
    for pair, found, statements, error in details:
        print(f"\npair {pair['number']}, {pair['way']}, changed by")
        for title, lines in (("", pair["changes"]), ("schemad:", found), ("migra:", [error] if error else statements)):
            print(f"  {title}" if title else "", *(line.strip() for line in lines), sep="\n    ")


if __name__ == "__main__":
    main()
