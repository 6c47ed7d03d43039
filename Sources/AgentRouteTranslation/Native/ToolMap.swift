import AgentRouteWire

/// The tools of one request by the names the provider knows them by, and the way back.
package struct ToolMap: Sendable {
    /// What the client's tool is, that the provider knows by another name or form.
    package struct Entry: Sendable {
        /// How calls of it reach the client.
        enum Form: Sendable {
            /// As they are, with JSON.
            case function
            /// The client's tool takes text, and so does the provider's.
            case custom
            /// The client's tool takes text, the provider's an object with a member `input`.
            case customAsFunction
        }

        let name: ToolName
        let form: Form
        /// Its schema asks for a member: a call without it is refused by the client itself.
        let requiresMembers: Bool
    }

    private var entries: [String: Entry] = [:]
    private var upstreamNames: [ToolName: String] = [:]

    /// No tools.
    package init() {}

    /// What the client calls the tool that the provider calls `name`; nil for one it did not declare.
    func entry(_ name: String) -> Entry? { entries[name] }

    /// The provider's name of `name`, given it if need be: without namespace, in its alphabet, not too
    /// long. The same for the same name in every request, so that prompt caches hold.
    mutating func upstreamName(_ name: ToolName, for capabilities: Capabilities) -> ToolName {
        if let known = upstreamNames[name] {
            var renamed = name
            if !capabilities.takesNamespaces {
                renamed.namespace = nil
                renamed.namespaceDescription = nil
            }
            renamed.name = known
            return renamed
        }
        var renamed = name
        if !capabilities.takesNamespaces, let namespace = name.namespace {
            renamed.namespace = nil
            renamed.namespaceDescription = nil
            renamed.name = "\(namespace)__\(name.name)"
        }
        renamed.name = Self.fitted(renamed.name, for: capabilities)
        if let holder = entries[renamed.name], holder.name != name {
            let whole = "\(name.namespace ?? "") \(name.name)"
            renamed.name = Self.marked(renamed.name, with: whole, for: capabilities)
        }
        upstreamNames[name] = renamed.name
        return renamed
    }

    /// The provider's name of the tool that a reference calls `name`: references name no namespace.
    func upstreamName(ofReference name: String) -> String {
        if let plain = upstreamNames[ToolName(name)] { return plain }
        return upstreamNames.filter { $0.key.name == name }.map(\.value).min() ?? name
    }

    /// Declares a tool of the client's, which the provider knows as `upstreamName`.
    mutating func declare(
        _ name: ToolName, as upstreamName: String, form: Entry.Form, schema: JSONValue?
    ) {
        entries[upstreamName] = Entry(
            name: name, form: form,
            requiresMembers: schema?["required"]?.array?.isEmpty == false)
        upstreamNames[name] = upstreamName
    }

    private static func fitted(_ name: String, for capabilities: Capabilities) -> String {
        let fits = name.utf8.allSatisfy { isAllowed($0, capabilities) }
        if fits, !name.isEmpty, name.utf8.count <= capabilities.toolNameLimit,
            !lacksLetter(name, capabilities)
        {
            return name
        }
        return marked(name, with: name, for: capabilities)
    }

    private static func lacksLetter(_ name: String, _ capabilities: Capabilities) -> Bool {
        guard capabilities.toolNamesBeginWithLetters, let first = name.utf8.first else {
            return false
        }
        return !(first == UInt8(ascii: "_") || Unicode.Scalar(first).properties.isAlphabetic)
    }

    /// The beginning of `name` in the provider's alphabet, and a hash of `whole`.
    private static func marked(
        _ name: String, with whole: String, for capabilities: Capabilities
    ) -> String {
        let hash = StableHash.text(whole)
        let name = lacksLetter(name, capabilities) ? "_" + name : name
        let kept = name.utf8.map { isAllowed($0, capabilities) ? $0 : UInt8(ascii: "_") }
            .prefix(capabilities.toolNameLimit - hash.utf8.count - 1)
        return "\(String(decoding: kept, as: UTF8.self))_\(hash)"
    }

    private static func isAllowed(_ byte: UInt8, _ capabilities: Capabilities) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        case UInt8(ascii: "."), UInt8(ascii: ":"): capabilities.takesDotsInToolNames
        default: false
        }
    }
}
