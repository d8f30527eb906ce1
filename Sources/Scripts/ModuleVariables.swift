/// The known values of a module's variables while it is read.
struct ModuleVariables {
    private struct Variable {
        var binding: ModuleReader.Binding?
        /// A function or a class declares it `global`, so that it may be bound at any time.
        var isOuter = false

        mutating func bind(_ new: ModuleReader.Binding?) {
            binding = isOuter ? new.map { .computed(line: $0.line) } : new
        }
    }

    let source: PythonSource
    private let watched: [PythonWord]
    /// The watched variables, in their order.
    private var values: [Variable]
    /// The other variables that hold a literal; a watched variable may take its value from one of them.
    private var others: [String: LiteralValue] = [:]
    /// The other variables that a function or a class declares `global`; their values are never known.
    private var outers: Set<String> = []
    /// The names that were bound to a list or a set since the last use of one.
    private var mutable: [PythonName] = []

    init(_ source: PythonSource, watching watched: [PythonWord]) {
        self.source = source
        self.watched = watched
        values = Array(repeating: Variable(), count: watched.count)
    }

    /// The bindings of the watched variables, in their order; nil for one that is not set.
    var watchedBindings: [ModuleReader.Binding?] { values.map(\.binding) }

    /// The value of a name when it is a literal.
    func literal(_ name: PythonName) -> LiteralValue? {
        guard let position = watched.firstIndex(of: name.word) else {
            return others.isEmpty ? nil : others[source.text(name.range)]
        }
        return if case .literal(let value, _)? = values[position].binding { value } else { nil }
    }

    /// - Parameter binding: nil unsets the name.
    mutating func bind(_ name: PythonName, _ binding: ModuleReader.Binding?) {
        var literal: LiteralValue?
        if case .literal(let value, _)? = binding {
            literal = value
            if value.isMutable { mutable.append(name) }
        }
        if let position = watched.firstIndex(of: name.word) {
            values[position].bind(binding)
        } else if literal != nil || !others.isEmpty {
            let text = source.text(name.range)
            if !outers.contains(text) { others[text] = literal }
        }
    }

    /// Binds a name that is given by a string to an unknown value.
    mutating func bind(spelled text: String, line: Int) {
        if let position = watched.firstIndex(of: PythonWord(text)) {
            values[position].binding = .computed(line: line)
        } else {
            others[text] = nil
        }
    }

    /// Marks a name that may be bound at any time from here on.
    mutating func bindAtAnyTime(_ name: PythonName, line: Int) {
        let variable = Variable(binding: .computed(line: line), isOuter: true)
        if source.mayBeAnotherName(name) {
            values = values.map { _ in variable }
        } else if let position = watched.firstIndex(of: name.word) {
            values[position] = variable
        } else {
            let text = source.text(name.range)
            outers.insert(text)
            others[text] = nil
        }
    }

    /// Forgets the values of all names; the watched ones become unknown.
    mutating func forgetAll(line: Int) {
        for position in values.indices { values[position].binding = .computed(line: line) }
        forgetOthers()
    }

    /// Forgets the values of the names that are not watched.
    mutating func forgetOthers() {
        if !others.isEmpty { others = [:] }
    }

    /// Notes that the tokens use names: a list or a set that is used may change, under every name that it has.
    mutating func noteUses(_ tokens: ModuleReader.Tokens) {
        guard !mutable.isEmpty else { return }
        for case (.name(let name), let line) in tokens where holdsMutable(name) {
            for name in mutable where holdsMutable(name) { bind(name, .computed(line: line)) }
            mutable = []
            return
        }
    }

    private func holdsMutable(_ name: PythonName) -> Bool {
        literal(name)?.isMutable ?? false
    }
}
