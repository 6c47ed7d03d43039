/// Ends the text of an answer at the client's stop sequences, for a provider that knows none.
///
/// Only text is looked at, each block by itself. What is held back is never more than what may be the
/// beginning of a stop sequence. After one has come, the rest of the answer is read for its usage
/// alone; calls that had begun before are whole.
struct StopSequences {
    private let sequences: [String]
    /// The end of the text so far, while it may be the beginning of a stop sequence.
    private var held = ""
    /// The one that came.
    private var found: String?
    /// Calls that began before it came.
    private var calls: Set<Int> = []

    /// Ends at any of `sequences`; empty ones count for nothing.
    init(_ sequences: [String]) {
        self.sequences = sequences.filter { !$0.isEmpty }
    }

    /// Takes what the provider says next and gives what is left of it.
    mutating func add(_ event: StreamEvent, to sink: (StreamEvent) -> Void) {
        guard !sequences.isEmpty else { return sink(event) }
        if let found { return addAfter(found, event, to: sink) }
        switch event {
        case .text(let piece): return addText(piece, to: sink)
        case .alive, .usage: return sink(event)
        case .toolCall(let key, _, _, _): calls.insert(key)
        default: break
        }
        if !held.isEmpty { sink(.text(held)) }
        held = ""
        sink(event)
    }

    private mutating func addText(_ piece: String, to sink: (StreamEvent) -> Void) {
        let text = held + piece
        held = ""
        if let (start, sequence) = Self.first(of: sequences, in: text) {
            found = sequence
            if start > text.startIndex { sink(.text(String(text[..<start]))) }
            return
        }
        let end = Self.beginning(of: sequences, in: text)
        held = String(text[end...])
        if end > text.startIndex { sink(.text(String(text[..<end]))) }
    }

    /// What still counts of an answer that is over for the client.
    private func addAfter(
        _ sequence: String, _ event: StreamEvent, to sink: (StreamEvent) -> Void
    ) {
        switch event {
        case .usage, .end, .failure, .alive: sink(event)
        case .stop: sink(.stop(.stopSequence(sequence)))
        case .toolCall(let key, _, _, _), .toolCallEnd(let key, _):
            if calls.contains(key) { sink(event) }
        case .start, .text, .refusal, .reasoning, .blockEnd, .separation, .citation, .opaque: break
        }
    }

    // MARK: Searching

    // By bytes: a sequence may end or begin within what Swift takes for one character.

    private static func first(
        of sequences: [String], in text: String
    ) -> (String.Index, String)? {
        let bytes = text.utf8
        for start in bytes.indices {
            for sequence in sequences where bytes[start...].starts(with: sequence.utf8) {
                return (start, sequence)
            }
        }
        return nil
    }

    /// Where in `text` its longest end begins that is the beginning of one of `sequences`.
    private static func beginning(of sequences: [String], in text: String) -> String.Index {
        let bytes = text.utf8
        let longest = (sequences.map(\.utf8.count).max() ?? 1) - 1
        var start = bytes.index(bytes.endIndex, offsetBy: -min(longest, bytes.count))
        while start < bytes.endIndex {
            let end = bytes[start...]
            if sequences.contains(where: { $0.utf8.starts(with: end) }) { return start }
            start = bytes.index(after: start)
        }
        return start
    }
}
