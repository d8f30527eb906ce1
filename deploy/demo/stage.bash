# Functions for the demo: a temporary folder, a PostgreSQL server, background programs, and steps that are shown and
# checked. `run` sources this file.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' cyan=$'\e[36m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' cyan='' plain=''
fi

# --- Output -----------------------------------------------------------------------------------------------------------

step_number=0

# step TITLE [LINE...]: prints the heading of a step, and lines that describe it.
step() {
    step_number=$((step_number + 1))
    printf '\n%s── %d  %s%s\n' "$bold" "$step_number" "$1" "$plain"
    shift
    local line
    for line in "$@"; do printf '%s   %s%s\n' "$dim" "$line" "$plain"; done
    printf '\n'
}

# shown COMMAND: prints the command behind a prompt.
shown() { printf '%s$%s %s%s%s\n' "$dim" "$plain" "$cyan" "$1" "$plain"; }

# types STATUS COMMAND: prints and runs the command, and fails if its exit status is another.
types() {
    local expected=$1 status=0
    shown "$2"
    # One stream keeps the order of the output when it is not a terminal.
    eval "$2" 2>&1 || status=$?
    [ "$status" -eq "$expected" ] || fail "exit status $status instead of $expected: $2"
}

# remarks TEXT: prints a comment of the demo on a result.
remarks() { printf '%s✓%s %s%s%s\n' "$green" "$plain" "$dim" "$1" "$plain"; }

# fail TEXT: ends the demo, and prints the last lines of the programs' logs.
fail() {
    printf '\n%sThe demo failed in step %d:%s %s\n' "$red$bold" "$step_number" "$plain" "$1" >&2
    local log
    for log in "$folder"/*.log; do
        [ -s "$log" ] || continue
        printf '%s--- last lines of %s%s\n' "$dim" "${log##*/}" "$plain" >&2
        tail -n 12 "$log" >&2
    done
    exit 1
}

# holds WHAT EXPRESSION COMMAND...: fails unless the Python expression is true. `r` is the JSON that the command prints.
holds() {
    local what=$1 expression=$2 json
    shift 2
    # The exit status was checked when the command was shown.
    json=$("$@" 2>&1) || :
    python3 - "$expression" "$json" 2>/dev/null <<'PYTHON' || fail "expected: $what. The output was: ${json:0:800}"
import json, sys
r = json.loads(sys.argv[2])
sys.exit(not eval(f"({sys.argv[1]})"))
PYTHON
    remarks "$what"
}

# --- Background processes ---------------------------------------------------------------------------------------------

folder=''
processes=()
as_server=()
server_programs=''

# Stops all processes and removes the folder, however the script ends.
clean() {
    local status=$?
    trap '' INT TERM HUP PIPE
    trap - EXIT
    # In reverse order: the bridge, then the agent, then the database.
    local index
    for ((index = ${#processes[@]} - 1; index >= 0; index--)); do stop "${processes[index]}"; done
    if [ -n "$server_programs" ] && [ -s "$folder/postgres/data/postmaster.pid" ]; then
        server pg_ctl --pgdata "$folder/postgres/data" --mode immediate --silent stop >/dev/null 2>&1 ||
            printf 'PostgreSQL did not stop; its folder is %s\n' "$folder" >&2
    fi
    cd /
    [ -z "$folder" ] || rm -rf "$folder"
    exit "$status"
}

# stop PROCESS: sends SIGTERM, and SIGKILL after five seconds.
stop() {
    kill -TERM "$1" 2>/dev/null || return 0
    within 5 ended "$1" || kill -KILL "$1" 2>/dev/null || :
    wait "$1" 2>/dev/null || :
}

ended() { ! kill -0 "$1" 2>/dev/null; }

# within SECONDS COMMAND...: repeats the command until it succeeds; fails after SECONDS.
within() {
    local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
        sleep 0.02
    done
}

# background LOG COMMAND...: starts a program in the background; its output goes to a log in the folder.
background() {
    local log=$1
    shift
    "$@" >"$folder/$log" 2>&1 </dev/null &
    processes+=("$!")
}

# open_stage: creates the folder. Only its owner can list it; the server's account can pass through it to its own.
open_stage() {
    # Below /tmp, and not TMPDIR: the path of a Unix socket has at most 107 bytes, and another account must get there.
    folder=$(mktemp -d /tmp/schemad-demo.XXXXXX)
    trap clean EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    trap 'exit 141' PIPE
    chmod 711 "$folder"
    umask 077
    cd "$folder"
}

# server PROGRAM ARGUMENT...: runs a program of PostgreSQL as an account other than root.
server() {
    local program=$1
    shift
    "${as_server[@]}" "$server_programs/$program" "$@" </dev/null
}

# start_postgres: starts a throwaway server that listens only on a socket in the folder.
start_postgres() {
    local candidate
    for candidate in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
        # The last one is the newest.
        if [ -x "$candidate/initdb" ]; then server_programs=$candidate; fi
    done
    [ -n "$server_programs" ] || fail "PostgreSQL's initdb is not installed: deploy/install-packages"
    mkdir -m 700 "$folder/postgres"
    if [ "$(id -u)" -eq 0 ]; then
        local account=nobody
        if id postgres >/dev/null 2>&1; then account=postgres; fi
        chown "$account" "$folder/postgres"
        as_server=(runuser -u "$account" --)
    fi
    cd "$folder/postgres"
    server initdb --pgdata data --username prospects --auth trust --encoding UTF8 --locale C --no-sync \
        >"$folder/initdb.log" 2>&1 || fail "initdb failed"
    server pg_ctl --pgdata data --log log --silent --wait \
        --options "-c listen_addresses= -c unix_socket_directories=$folder/postgres -c fsync=off" start \
        >"$folder/pg_ctl.log" 2>&1 || fail "PostgreSQL does not start"
    rm "$folder/initdb.log" "$folder/pg_ctl.log"
    server createdb --host "$folder/postgres" --username prospects prospects
    cd "$folder"
}

free_port() {
    python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
