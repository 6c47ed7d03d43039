import AgentRouteWire

/// A provider's list of models: where it is, and how its pages are read.
struct CatalogueEndpoint {
    let wire: Wire
    /// The path of the list, without a query.
    let path: String
    /// What the provider wants to see of the gateway's user, and what the wire wants.
    let fields: [Provider.Header]

    /// Pages of a list that are read at most.
    static let pageLimit = 32

    /// The list of the wire `provider` prefers; nil for the built-in demonstration.
    init?(_ provider: Provider) {
        guard let served = provider.wires.first, case .http(let base) = provider.endpoint else {
            return nil
        }
        wire = served.wire
        path = Self.path(beside: served.path(after: base), base: base)
        var fields = provider.credentials(for: served)
        if served.wire == .anthropicMessages,
            !fields.contains(where: { $0.name.lowercased() == "anthropic-version" })
        {
            fields.append(Provider.Header(name: "anthropic-version", value: Secret("2023-06-01")))
        }
        self.fields = fields
    }

    /// The list stands where the wire's own path ends: beside `/messages`, `/chat/completions` and
    /// `/responses`, and above Gemini's models.
    private static func path(beside request: String, base: BaseURL) -> String {
        let ends = ["/chat/completions", "/messages", "/responses", "/models/{model}:{verb}"]
        for end in ends where request.hasSuffix(end) {
            return request.dropLast(end.count) + "/models"
        }
        return base.path + "/models"
    }

    /// Path and query of the page after `cursor`, of the first page if that is nil. Only Anthropic
    /// (`limit`, `after_id`) and Google (`pageSize`, `pageToken`) have pages; 1000 is what both
    /// give at most.
    func target(after cursor: String?) -> String {
        let (size, token): (String, String)
        switch wire {
        case .anthropicMessages: (size, token) = ("limit", "after_id")
        case .gemini: (size, token) = ("pageSize", "pageToken")
        default: return path
        }
        let rest = cursor.map { "&\(token)=\(Self.encoded($0))" } ?? ""
        return "\(path)?\(size)=1000\(rest)"
    }

    /// A page: its models, and what to ask for the next one with; nil after the last.
    struct Page {
        let models: [CatalogueModel]
        let next: String?
    }

    /// Reads a page; nil if `text` is no list of models.
    func page(_ text: [UInt8]) -> Page? {
        guard let document = try? JSONValue.parse(text),
            let entries = document["data"]?.array ?? document["models"]?.array ?? document.array
        else { return nil }
        let next: String? =
            switch wire {
            case .anthropicMessages:
                document["has_more"]?.bool == true ? document["last_id"]?.string : nil
            case .gemini: document["nextPageToken"]?.string
            default: nil
            }
        return Page(
            models: entries.compactMap { CatalogueModel(listed: $0) },
            next: next.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// `text` with every byte escaped that is not unreserved (RFC 3986 section 2.3).
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Provider {
    /// The fields of a request in `served`: the key where that wire has it, and the configured
    /// fields, which win over one of the same name. Without a key there is none to send.
    package func credentials(for served: ServedWire) -> [Header] {
        guard case .present(let key, _) = key, let field = served.authentication.field(for: key),
            !headers.contains(where: { $0.name.lowercased() == field.name })
        else { return headers }
        return [Header(name: field.name, value: Secret(field.value))] + headers
    }
}
