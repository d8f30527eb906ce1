import Diagnosis

extension Console {
    /// Each finding: severity and code, the message, what it rests on, what to do. What is only good to know, and asks
    /// for nothing, is one line at the end.
    ///
    /// - Parameter room: the lines that there are for it; nil for any number.
    /// - Returns: whether something was left out for want of room.
    @discardableResult
    func findings(_ findings: [Finding], room: Int? = nil) -> Bool {
        let text = FindingText(findings, columns: columns)
        let detail = text.detail(within: room)
        for line in text.lines(detail) { self.line(shown(line)) }
        return text.leavesOut(detail)
    }

    private func shown(_ line: FindingText.Line) -> String {
        line.parts.map { part in
            switch part.role {
            case .plain: part.text
            case .dim: styled(part.text, .dim)
            case .arrow: styled(part.text, .green)
            case .severity(.error): styled(part.text, .red, .bold)
            case .severity(.warning): styled(part.text, .yellow, .bold)
            case .severity(.info): styled(part.text, .blue, .bold)
            }
        }.joined()
    }
}
