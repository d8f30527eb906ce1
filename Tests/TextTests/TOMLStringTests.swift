import Testing
import Text

@Suite struct TOMLStringTests {
    @Test(arguments: [
        ("", "\"\""), ("plain ${URL}", "\"plain ${URL}\""), ("a\"b\\c", "\"a\\\"b\\\\c\""),
        ("\n\t\u{0}\u{1F}\u{7F}", "\"\\u000a\\u0009\\u0000\\u001f\\u007f\""), ("é日\u{1F600}", "\"é日\u{1F600}\""),
    ])
    func quoting(text: String, quoted: String) {
        #expect(TOMLString.quoted(text) == quoted)
    }
}
