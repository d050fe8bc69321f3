import JSON
import Testing

@Suite("Parsing and writing")
struct ParserTests {
    @Test(
        "text that is compact already comes back byte for byte",
        arguments: [
            #"null"#, #"true"#, #"-0"#, #"1.0"#, #"1e400"#, #"12345678901234567890123"#, #"1E-7"#, #""""#,
            #"{"b":1,"a":[{},[],"x"],"b":2}"#, #""é日😀""#, #""\"\\\b\f\n\r\t\u0000\u001f/""#, #"[[[1]],{"":null}]"#,
        ])
    func roundTrip(text: String) throws {
        let json = try JSON(parsing: text)
        #expect(json.compact == text)
        #expect(json.bytes == Array(text.utf8))
    }

    @Test("white space and escapes are read as RFC 8259 says")
    func escapes() throws {
        #expect(try JSON(parsing: " \r\n\t[ 1 , \"\\u00e9\\/\" ] ") == [1, "é/"])
        #expect(try JSON(parsing: #""\ud83d\ude00""#) == "😀")
        #expect(try JSON(parsing: #""12345678901234567890\n12345678901234567890""#).string?.utf8.count == 41)
    }

    @Test("a lone surrogate becomes U+FFFD", arguments: [#""\ud83d""#, #""\ude00""#])
    func loneSurrogate(text: String) throws {
        #expect(try JSON(parsing: text) == "\u{FFFD}")
    }

    @Test("a high surrogate before another escape loses only itself")
    func surrogatePairs() throws {
        #expect(try JSON(parsing: #""\ud83d\u0041""#) == "\u{FFFD}A")
        #expect(try JSON(parsing: #""\ud83d\ud83d\ude00""#) == "\u{FFFD}😀")
        #expect(try JSON(parsing: #""\ud83dx""#) == "\u{FFFD}x")
    }

    @Test(
        "malformed text is refused with the offset of what is wrong",
        arguments: [
            ("", JSONError.Code.unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("[1,]", .unexpectedByte, 3),
            ("{\"a\" 1}", .unexpectedByte, 5), ("{a:1}", .unexpectedByte, 1), ("1 2", .unexpectedByte, 2),
            ("01", .unexpectedByte, 1), ("-", .invalidNumber, 1), ("1.", .invalidNumber, 2), ("1e+", .invalidNumber, 3),
            ("\"a", .unexpectedEnd, 2), ("\"a\nb\"", .invalidString, 2), ("\"\\x\"", .invalidString, 1),
            ("\"\\u12g4\"", .invalidString, 5), ("\u{FEFF}1", .unexpectedByte, 0), ("nul", .unexpectedEnd, 3),
            ("nulL", .unexpectedByte, 3), ("+1", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0),
        ])
    func malformed(text: String, code: JSONError.Code, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
    }

    @Test(
        "invalid UTF-8 is refused with the offset of its first byte",
        arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func invalidUTF8(bytes: [UInt8]) {
        for prefix in ["\"ab é ", "\"ab\\n ", "\"", "\"0123456789", "\"0123456789\\t0123456789"] {
            let error = #expect(throws: JSONError.self) {
                try JSON(parsing: Array(prefix.utf8) + bytes + Array("\"".utf8))
            }
            #expect(error?.code == .invalidUTF8)
            #expect(error?.offset == prefix.utf8.count)
        }
    }

    @Test("every proper prefix of a document is an error, never a crash")
    func prefixes() {
        let text = Array(#"{"a":[1.5e3,true,null,"é\u00e9\n"],"b":{"c":false}}"#.utf8)
        for count in text.indices {
            #expect(throws: JSONError.self) { try JSON(parsing: text[..<count]) }
        }
    }

    @Test("nesting is bounded")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try JSON(parsing: nested(JSON.maximumDepth)).array?.count == 1)
        let error = #expect(throws: JSONError.self) { try JSON(parsing: nested(JSON.maximumDepth + 1)) }
        #expect(error?.code == .tooDeep)
    }

    @Test("a collection that is not contiguous is parsed too")
    func notContiguous() throws {
        let bytes = Array(#"{"a":[1,2]}"#.utf8).reversed() as ReversedCollection
        #expect(try JSON(parsing: bytes.reversed() as [UInt8])["a"]?[1] == 2)
        #expect(try JSON(parsing: Array("]1[".utf8).reversed() as ReversedCollection) == [1])
    }

    @Test("the pretty form is that of JSON.stringify with two spaces")
    func pretty() throws {
        let json: JSON = ["a": [1, ["b": nil]], "empty": [:], "none": [], "text": "é\"\u{1}\u{7F}"]
        #expect(
            json.pretty == """
                {
                  "a": [
                    1,
                    {
                      "b": null
                    }
                  ],
                  "empty": {},
                  "none": [],
                  "text": "é\\"\\u0001\u{7F}"
                }
                """)
    }
}
