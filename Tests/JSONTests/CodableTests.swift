import Foundation
import JSON
import Testing

@Suite("Codable")
struct CodableTests {
    struct Record: Codable, Equatable {
        enum Kind: String, Codable { case one, two }
        struct Inner: Codable, Equatable { var values: [UInt8?]; var ratio: Double }
        var zeta: Int
        var alpha: String?
        var kind: Kind
        var inner: [Inner]
        var table: [String: Bool]
        var extra: JSON
    }

    let record = Record(
        zeta: -1, alpha: nil, kind: .two, inner: [.init(values: [1, nil], ratio: 0.5)], table: ["x": true],
        extra: ["n": .number(try! JSON(parsing: "1.0").number!), "a": nil])

    @Test("a value keeps the order of its keys and leaves out absent optionals")
    func encode() throws {
        let json = try JSON.encode(record)
        #expect(
            json.compact
                == #"{"zeta":-1,"kind":"two","inner":[{"values":[1,null],"ratio":0.5}],"table":{"x":true},"extra":{"n":1.0,"a":null}}"#
        )
        #expect(try json.decode(Record.self) == record)
    }

    @Test("an error names the path of keys")
    func path() {
        let json: JSON = ["zeta": 1, "kind": "two", "inner": [["values": [1, 300], "ratio": 1]], "table": [:], "extra": 0]
        let error = #expect(throws: JSONError.self) { try json.decode(Record.self) }
        #expect(error?.code == .wrongType)
        #expect(error?.path == ["inner", "0", "values", "1"])
        let missing = #expect(throws: JSONError.self) { try JSON.object(["zeta": 1]).decode(Record.self) }
        #expect(missing?.code == .missingKey)
        #expect(missing?.path == ["kind"])
        let unknown = #expect(throws: JSONError.self) { try JSON.string("three").decode(Record.Kind.self) }
        #expect(unknown?.code == .invalidValue)
        let nan = #expect(throws: JSONError.self) { try JSON.encode(["a": [Double.nan]]) }
        #expect(nan?.path == ["a", "0"])
    }

    @Test("enums with payloads, inheritance of containers and scalars at the top pass through")
    func shapes() throws {
        enum Event: Codable, Equatable { case started(id: Int), ended }
        for event in [Event.started(id: 3), .ended] {
            #expect(try JSON.encode(event).decode(Event.self) == event)
        }
        #expect(try JSON.encode(Event.started(id: 3)) == ["started": ["id": 3]])
        #expect(try JSON.encode("x") == "x")
        #expect(try JSON.encode([Int?.none, 1]) == [nil, 1])
        #expect(try JSON.encode(UInt64.max).compact == "18446744073709551615")
        #expect(try JSON.encode(Float(0.1)).compact == "0.1")
        #expect(try JSON.null.decode(Int?.self) == nil)
        #expect(try JSON(parsing: "1e2").decode(Int.self) == 100)
        #expect(try JSON.encode(Date(timeIntervalSinceReferenceDate: 1.5)).decode(Date.self).timeIntervalSinceReferenceDate == 1.5)
    }

    @Test("other coders can carry it")
    func foreignCoder() throws {
        let json: JSON = ["a": [1, 2.5, nil, true, "x", [:], []]]
        let data = try JSONEncoder().encode(json)
        #expect(try JSONDecoder().decode(JSON.self, from: data) == json)
    }
}
