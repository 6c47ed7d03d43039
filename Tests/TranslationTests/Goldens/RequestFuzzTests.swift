import AgentRouteTranslation
import AgentRouteWire
import Testing

/// Does to a JSON value what careless clients do: members and elements lost, doubled, moved and of
/// another kind. The same for the same dice.
struct JSONMutation {
    private var dice: Dice

    init(dice: Dice) {
        self.dice = dice
    }

    /// `value` with one change somewhere in it.
    mutating func mutated(_ value: JSONValue) -> JSONValue {
        // Half of the changes are deeper, at each level.
        let isHere = Int.random(in: 0..<4, using: &dice) == 0
        switch value {
        case .object(var members) where !members.isEmpty && !isHere:
            let index = Int.random(in: members.indices, using: &dice)
            switch Int.random(in: 0..<8, using: &dice) {
            case 0: members.remove(at: index)
            case 1: members.append(members[index])
            case 2: members[index].key = other(members[index].key)
            default: members[index].value = mutated(members[index].value)
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty && !isHere:
            let index = Int.random(in: elements.indices, using: &dice)
            switch Int.random(in: 0..<8, using: &dice) {
            case 0: elements.remove(at: index)
            case 1: elements.append(elements[index])
            case 2: elements.swapAt(index, Int.random(in: elements.indices, using: &dice))
            default: elements[index] = mutated(elements[index])
            }
            return .array(elements)
        case .string(let text) where !isHere: return .string(other(text))
        default: return other(value)
        }
    }

    /// A value of any kind, `value` somewhere in it at times.
    private mutating func other(_ value: JSONValue) -> JSONValue {
        let huge = try? JSONValue.parse(Array("123456789012345678901234567890".utf8))
        let choices: [JSONValue] = [
            nil, true, false, 0, -1, 1.5, huge ?? 1, .number(JSONNumber(Int.max)), "", "text", [],
            [:], [value], ["type": value],
            ["type": "text", "text": value], [nil, value], "\u{0}\u{FFFD}\u{1F600}",
        ]
        return choices[Int.random(in: choices.indices, using: &dice)]
    }

    private mutating func other(_ text: String) -> String {
        let words = [
            "type", "text", "content", "role", "assistant", "user", "tool", "system", "image",
            "tool_result", "thinking", "function", "custom", "reasoning", "data:,", "https://",
            "{", "\"", String(repeating: "n", count: 200), String(text.dropLast()), text + text,
        ]
        return words[Int.random(in: words.indices, using: &dice)]
    }
}

@Suite("Broken requests")
struct RequestFuzzTests {
    @Test(
        "whatever a client sends, the provider gets a request that parses or the client the path",
        arguments: GoldenPair.clients)
    func mutations(_ client: Wire) throws {
        let requests = try GoldenRequest.all().filter { $0.client == client }
        let bodies = try requests.map { try JSONValue.parse($0.body()) }
        let pairs = GoldenPair.of(client: client)
        let handlers = try pairs.map { try $0.handler() }
        var accepted = 0
        for seed in 0..<(FuzzBudget.iterations / GoldenPair.clients.count) {
            var dice = Dice(seed: UInt64(seed))
            let index = Int.random(in: bodies.indices, using: &dice)
            var mutation = JSONMutation(dice: dice)
            var body = bodies[index]
            for _ in 0..<Int.random(in: 1...2, using: &dice) { body = mutation.mutated(body) }
            let pair = Int.random(in: pairs.indices, using: &dice)
            do {
                let request = try handlers[pair].translate(
                    body.serialized(), requests[index].call, isStrict: false)
                let sent = try JSONValue.parse(request.body)
                try #require(sent.object != nil, "seed \(seed), \(pairs[pair])")
                accepted += 1
            } catch let fault as RequestFault {
                let place = fault.path.isEmpty ? nil : Self.value(at: fault.path, in: body)
                try #require(
                    place != nil || fault.reason == "must be an object, not \(Self.kind(body))",
                    "seed \(seed), \(pairs[pair]): \(fault.message)")
            }
        }
        // The changes are not all faults: the encoders are reached.
        #expect(accepted > FuzzBudget.iterations / GoldenPair.clients.count / 10)
    }

    @Test("a body cut short is refused before anything is sent", arguments: GoldenPair.clients)
    func cuts(_ client: Wire) throws {
        let handler = try GoldenPair.of(client: client)[0].handler()
        for request in try GoldenRequest.all() where request.client == client {
            let body = try request.body()
            var dice = Dice(seed: 1)
            for _ in 0..<10 {
                let end = Int.random(in: 0..<(body.count - 2), using: &dice)
                #expect(throws: RequestFault.self, "\(request) cut at \(end)") {
                    try handler.translate(Array(body[..<end]), request.call, isStrict: false)
                }
            }
        }
    }

    /// What `path` leads to: its last member may be one that is missing. Nil if it leads nowhere.
    private static func value(at path: String, in body: JSONValue) -> JSONValue? {
        var place = body
        let keys = path.split(separator: ".").map(String.init)
        for (depth, key) in keys.enumerated() {
            let next = Int(key).flatMap { index in
                place.array.flatMap { index < $0.count ? $0[index] : nil }
            }
            guard let next = next ?? place[key] else {
                return depth == keys.count - 1 ? place : nil
            }
            place = next
        }
        return place
    }

    private static func kind(_ value: JSONValue) -> String { RequestReader(value).kind }
}
