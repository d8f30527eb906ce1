import AgentClient
import ArgumentParser
import Glibc
import Tokens
import Wire

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Mint a token for one request body; offline.",
        discussion: """
            EXAMPLE
              printf '%s' '{"id":"1","command":"diagnose"}' |
                adminctl --key-file F token --audience orders-db

            The token is good for exactly these bytes, once.
            """)

    @OptionGroup(title: "Global options") var options: GlobalOptions

    @Option(help: "The agent's audience, as its settings and its hello have it.")
    var audience: String

    @Option(help: "How many seconds it is good for, 1 to 300.")
    var ttl: Int64 = 60

    @Option(help: "The file with the body; default: standard input.", completion: .file())
    var body: String?

    func validate() throws {
        guard Token.lifetimes.contains(ttl) else { throw ValidationError("--ttl must be from 1 to 300") }
        guard Grammar.isAudience(audience) else {
            throw ValidationError("--audience must be 1 to 64 of a-z 0-9 . _ -")
        }
        guard options.chosenKeyFile != nil else { throw ValidationError("a key is needed: --key-file FILE") }
    }

    func run() throws {
        let key = try ClientKey.load(path: options.chosenKeyFile ?? "")
        let bytes = try read()
        let token = Token.mint(key: key, audience: audience, body: bytes, lifetime: ttl, now: Int64(time(nil)))
        let text = String(decoding: token, as: UTF8.self)
        let json: JSON = ["token": .string(text)]
        Console.write((options.json ? String(decoding: json.encoded(), as: UTF8.self) : text) + "\n")
    }

    /// The whole body; a request can have no more than the protocol's cap.
    private func read() throws -> [UInt8] {
        var descriptor = STDIN_FILENO
        if let body {
            descriptor = open(body, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw ValidationError("\(body): \(String(cString: strerror(errno)))") }
        }
        defer { if body != nil { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= Limits.requestBytes {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ValidationError("the body cannot be read: \(String(cString: strerror(errno)))")
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        throw ValidationError("the body has more than \(Limits.requestBytes) bytes")
    }
}
