# What the demo stands on: a folder, a PostgreSQL, programs in the background, and the way its steps are shown and
# checked. Sourced by run.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' cyan=$'\e[36m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' cyan='' plain=''
fi

# --- What the reader sees ---------------------------------------------------------------------------------------------

step_number=0

# step TITLE [TEXT...]: the heading of a step, and a line or two of what it is about.
step() {
    step_number=$((step_number + 1))
    printf '\n%s── %d  %s%s\n' "$bold" "$step_number" "$1" "$plain"
    shift
    local line
    for line in "$@"; do printf '%s   %s%s\n' "$dim" "$line" "$plain"; done
    printf '\n'
}

# shown COMMAND: the command as one would type it.
shown() { printf '%s$%s %s%s%s\n' "$dim" "$plain" "$cyan" "$1" "$plain"; }

# types STATUS COMMAND: shows the command, runs it as a shell would, and holds it to the exit status.
types() {
    local wanted=$1 status=0
    shown "$2"
    # One stream, so that the story stays in its order where it is not a terminal.
    eval "$2" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status, and not $wanted, of: $2"
}

# remarks TEXT: what the demo itself says about a result.
remarks() { printf '%s✓%s %s%s%s\n' "$green" "$plain" "$dim" "$1" "$plain"; }

# fail TEXT: ends the demo. The programs' logs say more than this script can.
fail() {
    printf '\n%sThe demo failed in step %d:%s %s\n' "$red$bold" "$step_number" "$plain" "$1" >&2
    local log
    for log in "$folder"/*.log; do
        [ -s "$log" ] || continue
        printf '%s--- the end of %s%s\n' "$dim" "${log##*/}" "$plain" >&2
        tail -n 12 "$log" >&2
    done
    exit 1
}

# holds WHAT EXPRESSION COMMAND...: whether the JSON that the command prints, `r` in the Python expression, is as told.
holds() {
    local what=$1 expression=$2 json
    shift 2
    # Its exit status was checked when it was shown.
    json=$("$@" 2>&1) || :
    python3 - "$expression" "$json" 2>/dev/null <<'PYTHON' || fail "not so: $what. The answer was: ${json:0:800}"
import json, sys
r = json.loads(sys.argv[2])
sys.exit(not eval(f"({sys.argv[1]})"))
PYTHON
    remarks "$what"
}

# --- What runs behind it ----------------------------------------------------------------------------------------------

folder=''
processes=()
as_server=()
server_programs=''

# Everything that was started ends, and the folder goes, however the script ends.
clean() {
    local status=$?
    trap '' INT TERM HUP PIPE
    trap - EXIT
    # The newest first: the bridge before the agent, the agent before the database.
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

# stop PROCESS: TERM, and KILL for what is still there after five seconds.
stop() {
    kill -TERM "$1" 2>/dev/null || return 0
    within 5 ended "$1" || kill -KILL "$1" 2>/dev/null || :
    wait "$1" 2>/dev/null || :
}

ended() { ! kill -0 "$1" 2>/dev/null; }

# within SECONDS COMMAND...: polls until the command succeeds.
within() {
    local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "${EPOCHREALTIME/[.,]/}" -lt "$end" ] || return 1
        # A pause between two looks, not a guess at how long something takes.
        sleep 0.02
    done
}

# background LOG COMMAND...: starts a program whose output goes to a log in the folder.
background() {
    local log=$1
    shift
    "$@" >"$folder/$log" 2>&1 </dev/null &
    processes+=("$!")
}

# open_stage: the folder, which only its owner can look into, but through which the server's account reaches its own.
open_stage() {
    # Below /tmp, wherever TMPDIR points: the path of a Unix socket may have 107 bytes, and another account passes.
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

# server PROGRAM ARGUMENT...: one of PostgreSQL's programs, as an account that it runs under: never root.
server() {
    local program=$1
    shift
    "${as_server[@]}" "$server_programs/$program" "$@" </dev/null
}

# start_postgres: a throwaway server that listens on a socket in the folder, and nowhere else.
start_postgres() {
    local candidate
    for candidate in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
        # The newest of several.
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
