/// Tells a link of ours from the values alone, where no record does.
///
/// The mark is an alias of ours: nobody else asks for `agentroute-heavy`. An address is ours only
/// besides one, and only if it is of this machine; a token and what is constant only besides both. So
/// a tool that somebody points at another gateway is never touched.
struct LinkMarks: Sendable {
    /// What a link always writes.
    let wiring: [Setting]
    /// What it may write besides.
    let tuning: [Setting]
    /// The aliases.
    let aliases: Substitutions.Roles

    /// `text` without the keys that are recognisably ours; `text` itself if none is.
    func removed(
        from text: [UInt8], _ format: SettingsFormat
    ) throws(SettingsFault) -> [UInt8] {
        var document = try format.document(text)
        let paths = try recognised(in: document, format)
        for path in paths.reversed() {
            try document.remove(path)
            let parent = Array(path.dropLast())
            if !parent.isEmpty { try document.restore(Container(path: parent, interior: nil)) }
        }
        return document.text
    }

    /// The keys that are recognisably ours.
    func recognised(
        in document: any SettingsDocument, _ format: SettingsFormat
    ) throws(SettingsFault) -> [[String]] {
        var paths: [[String]] = []
        var hasAlias = false
        for setting in wiring + tuning {
            guard let literal = try LinkEdit.present(setting.path, in: document) else { continue }
            let text = format.string(of: literal) ?? literal
            guard matches(text, setting.value) else {
                // An address that is none of ours: whoever wrote it wrote the rest as well.
                if setting.isAddress { return [] }
                continue
            }
            paths.append(setting.path)
            hasAlias =
                hasAlias
                || setting.value.placeholders.contains { placeholder in
                    if case .alias = placeholder { true } else { false }
                }
        }
        return hasAlias ? paths : []
    }

    /// Whether a link could have written `text` for `value`.
    private func matches(_ text: String, _ value: TemplateValue) -> Bool {
        guard case .text(let template) = value else {
            return value.rendered { _ in nil }.map { SettingsFormat.json.literal($0) == text }
                ?? false
        }
        var rest = text[...]
        for segment in template.segments {
            guard let length = length(of: segment, in: rest) else { return false }
            rest = rest.dropFirst(length)
        }
        return rest.isEmpty
    }

    /// How many characters of `text` the segment accounts for; nil if none.
    private func length(of segment: Template.Segment, in text: Substring) -> Int? {
        switch segment {
        case .text(let part): text.hasPrefix(part) ? part.count : nil
        case .placeholder(.alias(let role)):
            text.hasPrefix(aliases[role]) ? aliases[role].count : nil
        case .placeholder(.gatewayURL): addressLength(in: text)
        case .placeholder(.contextWindow): text.prefix { $0.isNumber }.count
        case .placeholder(.authToken), .placeholder(.file): text.count
        }
    }

    /// The length of an address on this machine with a port, without a path.
    private func addressLength(in text: Substring) -> Int? {
        for host in ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
        where text.hasPrefix(host) {
            let port = text.dropFirst(host.count).prefix { $0.isNumber }
            return port.isEmpty ? nil : host.count + port.count
        }
        return nil
    }
}
