import AgentClient
import ArgumentParser
import Files
import Glibc
import Tokens
import Wire

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Create a token for one request body. Needs no agent.",
        usage: "adminctl token [<options>] --audience <audience>",
        discussion: """
            EXAMPLE
              printf '%s' '{"id":"1","command":"diagnose"}' |
                adminctl --key-file F token --audience orders-db

            The token is valid once, for exactly these bytes.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(help: "The agent's audience, from its settings or its hello.")
    var audience: String

    @Option(help: ArgumentHelp("The token's lifetime in seconds, 1 to 300.", valueName: "seconds"))
    var ttl: Int64 = 60

    @Option(
        help: ArgumentHelp("The file with the body; default: standard input.", valueName: "file"), completion: .file())
    var body: String?

    func validate() throws {
        guard Token.lifetimes.contains(ttl) else { throw ValidationError("--ttl must be from 1 to 300") }
        guard Grammar.isAudience(audience) else {
            throw ValidationError("--audience must be 1 to 64 of a-z 0-9 . _ -")
        }
        guard options.chosenKeyFile != nil else {
            throw ValidationError("a key is required: --key-file FILE or ADMINCTL_KEY_FILE")
        }
    }

    func run() throws {
        let key = try ClientKey.load(path: options.chosenKeyFile ?? "")
        let bytes = try read()
        let token = Token.mint(key: key, audience: audience, body: bytes, lifetime: ttl, now: Int64(time(nil)))
        let text = String(decoding: token, as: UTF8.self)
        let json: JSON = ["token": .string(text)]
        Console.write((options.json ? String(decoding: json.encoded(), as: UTF8.self) : text) + "\n")
    }

    /// The whole body, up to the protocol's limit for a request.
    private func read() throws -> [UInt8] {
        var descriptor = STDIN_FILENO
        if let body {
            descriptor = open(body, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw ValidationError("cannot open \(body): \(SystemError.text(errno))") }
        }
        defer { if body != nil { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= Limits.requestBytes {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ValidationError("cannot read the body: \(SystemError.text(errno))")
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        throw ValidationError("the body is larger than \(Limits.requestBytes) bytes")
    }
}
