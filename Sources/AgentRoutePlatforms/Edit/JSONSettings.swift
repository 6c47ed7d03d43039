internal import AgentRouteWire

/// A settings file in JSON, with comments, trailing commas and a byte order mark where its writer has
/// them. Of a key given twice the last counts, as in every tool that uses `JSON.parse`.
///
///     var settings = try JSONSettings(bytes)
///     try settings.set(["env", "ANTHROPIC_BASE_URL"], to: "\"http://127.0.0.1:4505\"")
///
/// A text of nothing but whitespace counts as a root that is absent.
struct JSONSettings: SettingsDocument {
    /// The whole text as it stands.
    private(set) var text: [UInt8]
    /// How the text was laid out before the first edit.
    private let style: JSONStyle

    /// The document in `text`. Throws `.root` if its root is no object.
    init(_ text: [UInt8]) throws(SettingsFault) {
        try text.checkEncoding()
        self.text = text
        try JSONText.check(text)
        let start = try JSONText.rootStart(of: text)
        let root = try start.map { (start) throws(SettingsFault) in
            guard let root = try JSONText.object(in: text, at: start) else {
                throw SettingsFault(.root, "the root must be an object", at: start, in: text)
            }
            return root
        }
        style = JSONStyle(of: root, in: text)
    }

    /// `value` as it is written in JSON.
    static func literal(_ value: JSONValue) -> String {
        String(decoding: value.serialized(), as: UTF8.self)
    }

    static func string(of literal: String) -> String? {
        JSONString.decode(Array(literal.utf8).span.bytes)
    }

    /// The value at `path` as written; of a key given twice, the last.
    func value(at path: [String]) throws(SettingsFault) -> String? {
        guard let key = path.last, let parent = try object(at: path.dropLast()) else { return nil }
        return parent.members.last { $0.key == key }.map { text.string($0.value) }
    }

    /// Puts `value` at `path`. Existing values are replaced where they stand; a new member comes last
    /// in its object, laid out like its neighbours.
    mutating func set(
        _ path: [String], to value: String
    ) throws(SettingsFault) -> [Container] {
        guard let key = path.last else { return [] }
        var created: [Container] = []
        var parent = try root(created: &created)
        for depth in path.indices.dropLast() {
            let place = Array(path[...depth])
            if let member = parent.members.last(where: { $0.key == path[depth] }) {
                parent = try object(of: member)
                note(parent, at: place, in: &created)
            } else {
                let start = try insert(path[depth], "{}", into: parent)
                created.append(Container(path: place, interior: nil))
                parent = try JSONText.object(in: text, at: start) ?? parent
            }
        }
        if let member = parent.members.last(where: { $0.key == key }) {
            text.replace(member.value, with: value)
        } else {
            try insert(key, value, into: parent)
        }
        return created
    }

    /// Removes the last member at `path`, its comma and the whitespace before it; comments stay.
    mutating func remove(_ path: [String]) throws(SettingsFault) {
        guard let parent = try object(at: path.dropLast()),
            let index = parent.members.lastIndex(where: { $0.key == path.last })
        else { return }
        try remove(index, from: parent)
    }

    /// Puts an object back that holds no members; a comment that was not there before keeps it.
    mutating func restore(_ container: Container) throws(SettingsFault) {
        guard let object = try object(at: container.path[...]), object.members.isEmpty else {
            return
        }
        let comments = text[object.interior].filter { !$0.isSpace }
        let before = (container.interior ?? "").utf8.filter { !$0.isSpace }
        guard comments == before else { return }
        if let original = container.interior {
            text.replace(object.interior, with: original)
        } else if container.path.isEmpty {
            text.removeSubrange(object.range)
        } else {
            try remove(container.path)
        }
    }
}

// MARK: - Finding

extension JSONSettings {
    /// The object at `path`; nil if it, or one on the way to it, is absent.
    private func object(at path: ArraySlice<String>) throws(SettingsFault) -> JSONText.Object? {
        guard let start = try JSONText.rootStart(of: text),
            var object = try JSONText.object(in: text, at: start)
        else { return nil }
        for key in path {
            guard let member = object.members.last(where: { $0.key == key }) else { return nil }
            object = try self.object(of: member)
        }
        return object
    }

    /// The object that is the value of `member`.
    private func object(of member: JSONText.Member) throws(SettingsFault) -> JSONText.Object {
        guard let object = try JSONText.object(in: text, at: member.value.lowerBound) else {
            throw SettingsFault(
                .blocked, "the value of \(text.string(member.keyRange)) must be an object",
                at: member.value.lowerBound, in: text)
        }
        return object
    }

    /// The root object, written if the text is blank.
    private mutating func root(
        created: inout [Container]
    ) throws(SettingsFault) -> JSONText.Object {
        if try JSONText.rootStart(of: text) == nil {
            text.replace(text.markLength..<text.markLength, with: "{}")
            created.append(Container(path: [], interior: nil))
        }
        guard let root = try object(at: []) else {
            throw SettingsFault(.root, "the root must be an object", at: 0, in: text)
        }
        if created.isEmpty { note(root, at: [], in: &created) }
        return root
    }

    /// Remembers how an object without members is spelled, unless it is spelled as we would.
    private func note(
        _ object: JSONText.Object, at path: [String], in created: inout [Container]
    ) {
        guard object.members.isEmpty, !object.interior.isEmpty else { return }
        created.append(Container(path: path, interior: text.string(object.interior)))
    }
}

// MARK: - Editing

extension JSONSettings {
    /// Adds a member at the end of `object` and returns where its value begins.
    @discardableResult
    private mutating func insert(
        _ key: String, _ value: String, into object: JSONText.Object
    ) throws(SettingsFault) -> Int {
        let name = Self.literal(.string(key)) + style.colon
        if let last = object.members.last {
            return try insert(name, value, after: last)
        }
        let outer = style.newline + text.indentation(of: object.range.lowerBound)
        let comments = try JSONText.comments(
            in: text, from: object.interior.lowerBound, across: \.isSpace)
        let isBroken = style.isBroken || comments.endWithLine
        let lead = isBroken ? outer + style.indentation : ""
        // What follows the comments is whitespace; the caller has noted how it was.
        let rest = comments.end..<object.interior.upperBound
        let hasOwnBreak =
            comments.end > object.interior.lowerBound && text[rest].contains(.lineFeed)
        let tail = hasOwnBreak ? text.string(rest) : isBroken ? outer : ""
        text.replace(rest, with: lead + name + value + tail)
        return comments.end + lead.utf8.count + name.utf8.count
    }

    private mutating func insert(
        _ name: String, _ value: String, after last: JSONText.Member
    ) throws(SettingsFault) -> Int {
        let behind = last.comma.map { $0 + 1 } ?? last.value.upperBound
        let comments = try JSONText.comments(in: text, from: behind, across: \.isBlank)
        let lead = separator(before: last, behind: comments)
        let comma = last.comma == nil ? "" : ","
        text.replace(comments.end..<comments.end, with: lead + name + value + comma)
        let start = comments.end + lead.utf8.count + name.utf8.count
        guard last.comma == nil else { return start }
        text.replace(last.value.upperBound..<last.value.upperBound, with: ",")
        return start + 1
    }

    /// The whitespace that parts a new member from what precedes it: as it is before `last`.
    private func separator(
        before last: JSONText.Member, behind comments: JSONText.Comments
    ) -> String {
        let key = last.keyRange.lowerBound
        let start = text.last(before: key, skipping: \.isSpace)
        if text[start..<key].contains(.lineFeed) || comments.endWithLine {
            return style.newline + text.indentation(of: key)
        }
        if text.byte(at: start - 1) == UInt8(ascii: ",") { return text.string(start..<key) }
        return style.colon.hasSuffix(" ") ? " " : ""
    }

    private mutating func remove(
        _ index: Int, from object: JSONText.Object
    ) throws(SettingsFault) {
        let member = object.members[index]
        let previous = index > 0 ? object.members[index - 1] : nil
        let isLast = index == object.members.count - 1
        let key = member.keyRange.lowerBound
        let behind = previous.map { $0.comma.map { $0 + 1 } ?? key } ?? object.interior.lowerBound
        let comments = try JSONText.comments(in: text, from: behind, across: \.isSpace)
        var cuts = [comments.end..<member.value.upperBound]
        if let comma = member.comma {
            cuts.append(comma..<(comma + 1))
        } else if let comma = previous?.comma {
            cuts.append(comma..<(comma + 1))
        }
        let end = (member.comma ?? member.value.upperBound - 1) + 1
        let next = text.first(from: end) { !$0.isSpace }
        if comments.endWithLine ? !breaksLine(end..<next) : previous == nil && !isLast {
            // The whitespace before this member serves what follows.
            cuts[0] = key..<member.value.upperBound
            cuts.append(end..<next)
        }
        for cut in cuts.sorted(by: { $0.lowerBound > $1.lowerBound }) { text.removeSubrange(cut) }
        if previous == nil, isLast { try close(object) }
    }

    private func breaksLine(_ range: Range<Int>) -> Bool { text[range].contains(.lineFeed) }

    /// Leaves nothing between the braces of an object that has lost its only member, but comments.
    private mutating func close(_ object: JSONText.Object) throws(SettingsFault) {
        guard let object = try JSONText.object(in: text, at: object.range.lowerBound),
            text[object.interior].allSatisfy(\.isSpace)
        else { return }
        text.removeSubrange(object.interior)
    }
}
