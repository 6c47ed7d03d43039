/// The two directions of a link as functions of texts: no file is touched here.
enum LinkEdit {
    /// A text with the keys of a link in it.
    struct Linked {
        let text: [UInt8]
        let entries: [LinkRecord.Entry]
        let containers: [Container]
    }

    /// A key and the value, as written, that a link puts there.
    struct Assignment: Sendable, Equatable {
        let path: [String]
        let value: String
    }

    /// Writes `assignments` into `base`, which holds none of ours.
    static func linked(
        _ base: [UInt8], _ assignments: [Assignment], in format: SettingsFormat
    ) throws(SettingsFault) -> Linked {
        var document = try format.document(base)
        var entries: [LinkRecord.Entry] = []
        var containers: [Container] = []
        // All of them first, so that a fault is told by its place in the text as the user has it.
        var values: [String?] = []
        for assignment in assignments { values.append(try document.value(at: assignment.path)) }
        for (assignment, before) in zip(assignments, values) {
            containers += try document.set(assignment.path, to: assignment.value)
            entries.append(
                .init(path: assignment.path, before: before, ours: [assignment.value]))
        }
        return Linked(text: document.text, entries: entries, containers: containers)
    }

    /// Takes back, key by key, what `record` says was written: a key that still has a value of ours
    /// gets back the one it had, or goes; a key that the user has changed since stays.
    static func unlinked(
        _ text: [UInt8], _ record: LinkRecord
    ) throws(SettingsFault) -> [UInt8] {
        var document = try record.format.document(text)
        var before: [UInt8]
        // Again while it helps: removing a key, or an object, uncovers an earlier one of that name.
        repeat {
            before = document.text
            for entry in record.entries.reversed() {
                try takeBack(entry, record, in: &document)
                for container in record.containers.reversed()
                where entry.path.starts(with: container.path) {
                    try unlessBlocked { () throws(SettingsFault) in
                        try document.restore(container)
                    }
                }
            }
        } while document.text != before
        return document.text
    }

    private static func takeBack(
        _ entry: LinkRecord.Entry, _ record: LinkRecord, in document: inout any SettingsDocument
    ) throws(SettingsFault) {
        guard let now = try present(entry.path, in: document),
            entry.ours.contains(where: { record.format.isSame($0, now) })
        else { return }
        if let value = entry.before {
            _ = try document.set(entry.path, to: value)
        } else {
            try document.remove(entry.path)
        }
    }

    /// The value at `path`; nil also where the user has put something else in the way.
    static func present(
        _ path: [String], in document: any SettingsDocument
    ) throws(SettingsFault) -> String? {
        try unlessBlocked { () throws(SettingsFault) in try document.value(at: path) } ?? nil
    }

    private static func unlessBlocked<Result>(
        _ body: () throws(SettingsFault) -> Result
    ) throws(SettingsFault) -> Result? {
        do throws(SettingsFault) {
            return try body()
        } catch {
            if error.kind == .blocked { return nil }
            throw error
        }
    }
}
