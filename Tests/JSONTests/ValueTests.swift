import JSON
import Testing

@Suite("Values")
struct ValueTests {
    @Test(
        "a double is spelled as ECMAScript spells it",
        arguments: [
            (0.0, "0"), (-0.0, "0"), (1.0, "1"), (0.1, "0.1"), (-1.5, "-1.5"), (100.0, "100"), (123456.789, "123456.789"),
            (1e15, "1000000000000000"), (1e16, "10000000000000000"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1.5e300, "1.5e+300"), (0.000001, "0.000001"), (0.0000001, "1e-7"), (1.25e-9, "1.25e-9"),
            (.leastNonzeroMagnitude, "5e-324"), (9007199254740993.0, "9007199254740992"), (0.30000000000000004, "0.30000000000000004"),
        ])
    func spelling(value: Double, spelling: String) {
        #expect(JSON.Number(value)?.spelling == spelling)
    }

    @Test("a number keeps its spelling and gives its value")
    func numbers() throws {
        let json = try JSON(parsing: "[1.0,1e2,1.5,9223372036854775807,9223372036854775808,1e999]")
        #expect(json.array?.map(\.int) == [1, 100, nil, .max, nil, nil])
        #expect(json[2]?.double == 1.5)
        #expect(json[5]?.double == .infinity)
        #expect(JSON(.nan).isNull)
    }

    @Test("members keep their order; setting one keeps its place, and nil removes it")
    func members() throws {
        var json: JSON = ["z": 1, "a": 2, "m": 3]
        json["a"] = "two"
        json["new"] = true
        json["z"] = nil
        json["absent"] = nil
        #expect(json.compact == #"{"a":"two","m":3,"new":true}"#)
        #expect(json.object?.keys == ["a", "m", "new"])
        var nothing: JSON = nil
        nothing["x"] = 1
        #expect(nothing == ["x": 1])
    }

    @Test("the last of two equal keys is the one that counts")
    func duplicates() throws {
        var json = try JSON(parsing: #"{"a":1,"b":0,"a":2}"#)
        #expect(json["a"] == 2)
        json["a"] = 3
        #expect(json.compact == #"{"a":1,"b":0,"a":3}"#)
        json["a"] = nil
        #expect(json.compact == #"{"b":0}"#)
    }

    @Test("objects are equal whatever the order of their members")
    func equality() throws {
        let one: JSON = ["a": 1, "b": [2]]
        let other: JSON = ["b": [2], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1])
        #expect([one, other, [:]] as Set<JSON> == [one, [:]])
    }

    @Test("looking at a value as what it is not gives nil")
    func otherShapes() {
        let json: JSON = [1, "x"]
        #expect(json["a"] == nil)
        #expect(json[2] == nil)
        #expect(json[-1] == nil)
        #expect(json[0]?.string == nil)
        #expect(json[1]?.int == nil)
        #expect(json.object == nil)
        #expect(json.bool == nil)
    }
}
