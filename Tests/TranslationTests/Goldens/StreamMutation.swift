import AgentRouteWire

/// Does to a recorded stream what networks and providers do: the same for the same dice.
struct StreamMutation {
    private var dice: Dice
    /// The events, each with what ends it.
    private var events: [[UInt8]]

    init(_ stream: [UInt8], dice: Dice) {
        self.dice = dice
        events = Self.events(of: stream)
    }

    /// The stream after one to three changes.
    mutating func mutated() -> [UInt8] {
        for _ in 0..<Int.random(in: 1...3, using: &dice) { change() }
        return events.flatMap { $0 }
    }

    private mutating func change() {
        guard !events.isEmpty else { return }
        let one = Int.random(in: events.indices, using: &dice)
        let other = Int.random(in: events.indices, using: &dice)
        switch Int.random(in: 0..<9, using: &dice) {
        case 0: events.removeSubrange(one...)
        case 1: events.remove(at: one)
        case 2: events.insert(events[one], at: other)
        case 3: events.swapAt(one, other)
        case 4:
            let end = Int.random(in: 0...events[one].count, using: &dice)
            events[one].removeSubrange(end...)
            events.removeSubrange((one + 1)...)
        case 5: events[one] = Array(events[one].shuffled(using: &dice).prefix(40))
        case 6: events[one].removeAll { $0 == 0x0A && Bool.random(using: &dice) }
        case 7: exaggerate(one)
        default: flip(one)
        }
    }

    /// Puts a number that nobody counts with in the place of one.
    private mutating func exaggerate(_ event: Int) {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let places = events[event].indices.filter { digits.contains(events[event][$0]) }
        guard let place = places.randomElement(using: &dice) else { return }
        let start = events[event][..<place].lastIndex { !digits.contains($0) }.map { $0 + 1 } ?? 0
        let end = events[event][place...].firstIndex { !digits.contains($0) }
        let numbers = ["9223372036854775807", "-9223372036854775808", "1e400", "0.5", "-1"]
        let number = numbers[Int.random(in: numbers.indices, using: &dice)]
        events[event].replaceSubrange(start..<(end ?? events[event].count), with: number.utf8)
    }

    private mutating func flip(_ event: Int) {
        for _ in 0..<Int.random(in: 1...4, using: &dice) where !events[event].isEmpty {
            let place = Int.random(in: events[event].indices, using: &dice)
            events[event][place] = UInt8.random(in: 0...255, using: &dice)
        }
    }

    private static func events(of stream: [UInt8]) -> [[UInt8]] {
        var events: [[UInt8]] = [[]]
        var isLineEmpty = false
        for byte in stream {
            events[events.count - 1].append(byte)
            if byte == 0x0A {
                if isLineEmpty { events.append([]) }
                isLineEmpty = true
            } else if byte != 0x0D {
                isLineEmpty = false
            }
        }
        return events.filter { !$0.isEmpty }
    }
}
