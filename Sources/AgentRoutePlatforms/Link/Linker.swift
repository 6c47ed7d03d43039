/// Links one tool's settings file, with a record of what it did.
///
/// The order of writes makes a death between any two of them harmless: linking writes the record, our
/// own files, the settings file; unlinking writes the settings file, then removes our own files, the
/// folders that were made for it and the record.
struct Linker: Sendable {
    /// The settings file that a link is for.
    struct Target: Sendable {
        let path: String
        let format: SettingsFormat
        /// Tells our keys where no record does.
        let marks: LinkMarks
    }

    /// What a link writes.
    struct Plan: Sendable {
        let assignments: [LinkEdit.Assignment]
        /// Files of ours that the wiring points at.
        let files: [File]
    }

    /// A file of ours.
    struct File: Sendable {
        let path: String
        let bytes: [UInt8]
    }

    /// Larger settings are not linked: the record, which holds them, is to be read again.
    private static let greatestSize = 8 << 20

    let platform: String
    let recordPath: String
    let files: any FileAccess
    /// Where the tool has its settings now; nil to deal only with what the record names.
    let target: Target?

    /// The record with the file it was read from; nil if there is none.
    func recorded() throws(LinkError) -> (record: LinkRecord, snapshot: FileSnapshot)? {
        guard let snapshot = try read(recordPath) else { return nil }
        guard let record = LinkRecord(json: snapshot.bytes) else {
            throw LinkError(.record, recordPath, "is no record of a link that this version knows")
        }
        return (record, snapshot)
    }

    /// The file at `path`.
    func read(_ path: String) throws(LinkError) -> FileSnapshot? {
        do throws(FileAccessError) {
            return try files.read(path)
        } catch {
            throw LinkError(error, at: path)
        }
    }

    /// Makes `bytes` the content of the file that was `snapshot`, if they are not.
    private func write(
        _ bytes: [UInt8], to path: String, over snapshot: FileSnapshot?
    ) throws(LinkError) {
        guard snapshot?.bytes != bytes else { return }
        do throws(FileAccessError) {
            try files.replace(path, with: bytes, expecting: snapshot)
        } catch {
            throw LinkError(error, at: path)
        }
    }

    private func remove(_ path: String) throws(LinkError) {
        do throws(FileAccessError) {
            try files.remove(path)
        } catch {
            throw LinkError(error, at: path)
        }
    }

    private func edit<Result>(
        _ path: String, _ body: () throws(SettingsFault) -> Result
    ) throws(LinkError) -> Result {
        do throws(SettingsFault) {
            return try body()
        } catch {
            throw LinkError(error, in: path)
        }
    }

    private func writable(_ path: String) throws(LinkError) -> FileSnapshot? {
        let snapshot = try read(path)
        guard snapshot?.isWritable != false else {
            throw LinkError(.notWritable, path, "may not be written")
        }
        return snapshot
    }
}

// MARK: - Linking

extension Linker {
    /// Links `target` as `plan` says, and says whether its file was written. Linking again changes the
    /// values and keeps what was remembered of before.
    func link(_ target: Target, _ plan: Plan) throws(LinkError) -> Bool {
        var known = try recorded()
        if let record = known?.record, record.path != target.path {
            // The tool's settings have moved: the link goes with them.
            _ = try unlink(record)
            known = nil
        }
        let snapshot = try writable(target.path)
        if let size = snapshot?.bytes.count, size > Self.greatestSize {
            throw LinkError(.notWritable, target.path, "has more than 8 MiB")
        }
        let base = try edit(target.path) { () throws(SettingsFault) -> [UInt8]? in
            try self.base(of: snapshot?.bytes, target, known?.record)
        }
        let linked = try edit(target.path) { () throws(SettingsFault) in
            try LinkEdit.linked(
                base ?? target.format.blank, plan.assignments, in: target.format)
        }
        let record = LinkRecord(
            platform: platform, path: target.path, format: target.format,
            original: base.map(LinkRecord.Original.text) ?? .absent,
            fingerprints: Self.fingerprints(linked.text, snapshot?.bytes, base),
            entries: try entries(linked.entries, in: snapshot?.bytes, target, known?.record),
            containers: linked.containers, files: plan.files.map(\.path),
            folders: folders(for: target, known?.record))
        try write(record.json, to: recordPath, over: known?.snapshot)
        do throws(LinkError) {
            for file in plan.files { try write(file.bytes, to: file.path, over: read(file.path)) }
            try write(linked.text, to: target.path, over: snapshot)
        } catch {
            // Refused as a whole. Where this fails too, the record tells the next unlink of the rest.
            if known == nil { try? forget(record) }
            throw error
        }
        return snapshot?.bytes != linked.text
    }

    /// What links have made, and this one will make, for the file of `target`.
    private func folders(for target: Target, _ record: LinkRecord?) -> [String] {
        let made = record?.folders ?? []
        return made + files.missingFolders(target.path).filter { !made.contains($0) }
    }

    /// The settings without a link; nil for no file. What the record, or without one the marks of our
    /// wiring, say is ours is taken back first.
    private func base(
        of now: [UInt8]?, _ target: Target, _ record: LinkRecord?
    ) throws(SettingsFault) -> [UInt8]? {
        guard let now else { return nil }
        guard let record else { return try target.marks.removed(from: now, target.format) }
        if record.fingerprints.contains(Fingerprint(of: now)) {
            switch record.original {
            case .absent: return nil
            case .text(let text): return text
            case .lost: break
            }
        }
        let base = try LinkEdit.unlinked(now, record)
        return record.original == .absent && base.isBlankText ? nil : base
    }

    private static func fingerprints(
        _ linked: [UInt8], _ now: [UInt8]?, _ base: [UInt8]?
    ) -> [Fingerprint] {
        guard let now, now != base, now != linked else { return [Fingerprint(of: linked)] }
        return [Fingerprint(of: linked), Fingerprint(of: now)]
    }

    /// `entries` with the value of an earlier link that the file still holds while ours is on its way.
    private func entries(
        _ entries: [LinkRecord.Entry], in now: [UInt8]?, _ target: Target, _ record: LinkRecord?
    ) throws(LinkError) -> [LinkRecord.Entry] {
        guard let now, let record else { return entries }
        return try edit(target.path) { () throws(SettingsFault) -> [LinkRecord.Entry] in
            let document = try target.format.document(now)
            var result: [LinkRecord.Entry] = []
            for entry in entries {
                let value = try LinkEdit.present(entry.path, in: document)
                let old = record.entries.first { $0.path == entry.path }?.ours ?? []
                let more = value.map { old.contains($0) && !entry.ours.contains($0) ? [$0] : [] }
                result.append(
                    .init(path: entry.path, before: entry.before, ours: entry.ours + (more ?? [])))
            }
            return result
        }
    }
}

// MARK: - Unlinking

extension Linker {
    /// Takes the link back. Without a record, what the marks of our wiring tell is removed and nothing
    /// can be put back.
    func unlink() throws(LinkError) -> UnlinkResult {
        if let record = try recorded()?.record { return try unlink(record) }
        guard let target, let snapshot = try writable(target.path) else {
            return UnlinkResult(path: target?.path, outcome: .nothing, kept: [])
        }
        let text = try edit(target.path) { () throws(SettingsFault) in
            try target.marks.removed(from: snapshot.bytes, target.format)
        }
        try write(text, to: target.path, over: snapshot)
        let outcome: UnlinkResult.Outcome = text == snapshot.bytes ? .nothing : .recognised
        return UnlinkResult(path: target.path, outcome: outcome, kept: [])
    }

    private func unlink(_ record: LinkRecord) throws(LinkError) -> UnlinkResult {
        let result = try restore(record)
        try forget(record)
        return result
    }

    /// Removes what `record` tells of besides the settings, and itself.
    private func forget(_ record: LinkRecord) throws(LinkError) {
        for file in record.files { try remove(file) }
        for folder in record.folders.reversed() { files.removeEmptyFolder(folder) }
        try remove(recordPath)
    }

    private func restore(_ record: LinkRecord) throws(LinkError) -> UnlinkResult {
        let path = record.path
        guard let snapshot = try writable(path) else {
            // The user removed the file: that is an edit, and it stays.
            return UnlinkResult(path: path, outcome: .nothing, kept: [])
        }
        if record.fingerprints.contains(Fingerprint(of: snapshot.bytes)) {
            switch record.original {
            case .absent:
                try remove(path)
                return UnlinkResult(path: path, outcome: .restored, kept: [])
            case .text(let text):
                try write(text, to: path, over: snapshot)
                return UnlinkResult(path: path, outcome: .restored, kept: [])
            case .lost: break
            }
        }
        let text = try edit(path) { () throws(SettingsFault) in
            try LinkEdit.unlinked(snapshot.bytes, record)
        }
        let kept = try edit(path) { () throws(SettingsFault) in
            try Self.kept(record, in: text)
        }
        if record.original == .absent, text.isBlankText {
            try remove(path)
        } else {
            try write(text, to: path, over: snapshot)
        }
        let outcome: UnlinkResult.Outcome = text == snapshot.bytes ? .nothing : .merged
        return UnlinkResult(path: path, outcome: outcome, kept: kept)
    }

    /// The keys of `record` that have another value in the unlinked `text` than before the link.
    private static func kept(
        _ record: LinkRecord, in text: [UInt8]
    ) throws(SettingsFault) -> [String] {
        let document = try record.format.document(text)
        var kept: [String] = []
        for entry in record.entries {
            let now = try LinkEdit.present(entry.path, in: document)
            if let now, now != entry.before { kept.append(entry.path.joined(separator: ".")) }
        }
        return kept
    }
}

extension [UInt8] {
    /// Whether there is nothing but whitespace behind the byte order mark.
    var isBlankText: Bool { dropFirst(markLength).allSatisfy(\.isSpace) }
}
