import Files
import Glibc
import Subprocess
import SystemPackage

/// A shell process that owns a temporary server. It creates the private folder, starts and stops `postgres`, and, when
/// the other end of its socket is closed, stops the server and removes the folder.
///
/// The kernel closes this process's end even after SIGKILL, so the server never outlives this process. The shell runs in
/// its own session, so neither Ctrl-C nor a signal to the process group reaches it. It replies to each line with one
/// line.
///
/// If the shell itself is killed, or the machine loses power, the next shell that starts in the same parent folder stops
/// the remaining server and removes its folder. A file lock distinguishes such a folder from one in use.
final class Watchdog: Sendable {
    private let descriptor: CInt

    /// - Parameters:
    ///   - parent: an existing folder that the account can write to.
    ///   - server: arguments of `postgres`, without port and address, which are added at each start.
    init(programs: ServerPrograms, account: Account?, parent: String, server: [String]) throws(PostgresError) {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw PostgresError(
                kind: .configuration, message: "A socket pair could not be created: \(SystemError.text(errno)).")
        }
        descriptor = ends[0]
        let input = FileDescriptor(rawValue: ends[1])
        let output = FileDescriptor(rawValue: fcntl(ends[1], F_DUPFD_CLOEXEC, 0))
        var options = PlatformOptions()
        options.createSession = true
        // Not Subprocess's own userID: its child calls setuid() after a bare clone3, and glibc then waits for threads
        // that exist only in the parent, forever if one of them was just starting (seen with 1.0.2).
        let switching =
            account.map { account in
                ["setpriv", "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--"]
            } ?? []
        // The server does not inherit this process's environment, in particular no PG* variables.
        let environment: [Environment.Key: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"]
        let words = switching + ["/bin/sh", "-c", Self.script, "watchdog", programs.folder, parent] + server
        Task.detached { [options] in
            // A shell that could not be started closes its end, which the reader sees as end of file.
            _ = try? await run(
                .path("/usr/bin/env"), arguments: Arguments(words), environment: .custom(environment),
                workingDirectory: FilePath("/"), platformOptions: options,
                input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                output: .fileDescriptor(output, closeAfterSpawningProcess: true), error: .discarded)
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Sends one line and returns the line of the reply; blocks.
    ///
    /// - Throws: `connectionLost` when the shell has ended or takes longer than `seconds`.
    func send(_ line: String, seconds: Int) throws(PostgresError) -> String {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            // MSG_NOSIGNAL: writing to a shell that has ended must not raise SIGPIPE.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ended() }
            bytes = bytes.dropFirst(count)
        }
        return try readReply(seconds: seconds)
    }

    /// The next line, without its newline; blocks.
    func readReply(seconds: Int) throws(PostgresError) -> String {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var line: [UInt8] = []
        while deadline > .now {
            guard wait(for: POLLIN, on: descriptor, atMost: deadline - .now) else { continue }
            var byte: UInt8 = 0
            let count = unsafe recv(descriptor, &byte, 1, 0)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw ended() }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        throw PostgresError(
            kind: .connectionLost,
            message: "The shell of the local PostgreSQL server did not respond within \(seconds) s.")
    }

    private func ended() -> PostgresError {
        PostgresError(
            kind: .connectionLost, message: "The shell of the local PostgreSQL server has ended.",
            hint: "It requires env, sh, flock, and, when started by root, setpriv.")
    }

    /// Arguments: the folder of the programs, the parent folder, then the arguments of `postgres`.
    private static let script = """
        umask 077
        trap '' HUP INT TERM PIPE
        programs=$1
        for old in "$2"/schemad-pg-*; do
            # Skips folders of other accounts and those whose shell still holds the lock.
            [ -O "$old" ] && [ -e "$old/lock" ] && flock --nonblock "$old/lock" true || continue
            tries=0
            while read -r server <"$old/data/postmaster.pid" && [ "$(readlink "/proc/$server/cwd")" = "$old/data" ] &&
                [ $tries -lt 200 ]; do
                kill -s QUIT "$server"
                sleep 0.05
                tries=$((tries + 1))
            done
            rm -rf "$old"
        done 2>/dev/null
        # Locked before it gets the name that the loop above searches for.
        new=$(mktemp -d "$2/schemad-new-XXXXXXXX") || { echo "failed"; exit 1; }
        directory=$2/schemad-pg-${new##*-}
        exec 9>"$new/lock" && flock 9 && mv -T "$new" "$directory" || { echo "failed"; exit 1; }
        shift 2
        cd "$directory" || exit 1
        server=
        finish() {
            [ -n "$server" ] || return 0
            kill -s "$1" "$server"
            wait "$server"
            server=
        }
        echo "$directory"
        while IFS= read -r line; do
            word=${line%% *} rest=${line#* }
            case $word in
            initialize) "$programs/initdb" -D data -N -U postgres --no-locale -E UTF8 -A trust </dev/null >>log 2>&1 ;;
            copy) cp -a "$rest" data </dev/null >>log 2>&1 ;;
            keep) cp -a data template </dev/null >>log 2>&1 ;;
            rule) printf '%s\\n' "$rest" >>rules ;;
            start)
                "$programs/postgres" -D "$directory/data" -c "hba_file=$directory/rules" \\
                    -c "unix_socket_directories=$directory" "$@" -c "listen_addresses=${rest#* }" \\
                    -p "${rest%% *}" </dev/null >>log 2>&1 9>&- &
                server=$! ;;
            stop) finish "$rest" ;;
            remove) finish QUIT; cd /; rm -rf "$directory"; echo "0"; exit 0 ;;
            esac
            status=$?
            [ "$word" = start ] && echo "$server" || echo "$status"
        done
        finish QUIT
        cd /
        rm -rf "$directory"
        """
}
