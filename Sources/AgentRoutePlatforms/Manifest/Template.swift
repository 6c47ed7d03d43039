/// A text with holes, such as `{{gateway_url}}/v1`, parsed once so that an unknown hole is found
/// when the manifest is read and not when it is used.
package struct Template: Sendable, Equatable {
    /// A stretch of a template.
    package enum Segment: Sendable, Equatable {
        /// Taken as it stands.
        case text(String)
        /// Filled in when the template is rendered.
        case placeholder(Placeholder)
    }

    /// What a template may leave open.
    package enum Placeholder: Sendable, Hashable {
        /// The gateway's address without a path, such as `http://127.0.0.1:4505`.
        case gatewayURL
        /// The session token of the gateway.
        case authToken
        /// The alias of a tier's model.
        case alias(Role)
        /// The context window of a tier's model in tokens; of nil, the smallest of the three.
        case contextWindow(Role?)
        /// The path of a file the manifest describes.
        case file(String)

        /// The placeholder of this name between the braces; a file may have any name.
        init?(_ name: String) {
            let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            let rest = parts.count == 2 ? String(parts[1]) : ""
            switch (parts[0], Role(rawValue: rest)) {
            case ("gateway_url", _) where parts.count == 1: self = .gatewayURL
            case ("auth_token", _) where parts.count == 1: self = .authToken
            case ("roles", let role?): self = .alias(role)
            case ("context", let role?): self = .contextWindow(role)
            case ("context", nil) where rest == "smallest": self = .contextWindow(nil)
            case ("files", _) where !rest.isEmpty: self = .file(rest)
            default: return nil
            }
        }

        /// The names with their braces, for messages.
        static let names =
            ["gateway_url", "auth_token"] + Role.allCases.map { "roles.\($0)" }
            + Role.allCases.map { "context.\($0)" } + ["context.smallest", "files.NAME"]
    }

    /// Why a text is no template.
    package enum Fault: Error, Equatable {
        /// The name between the braces is no `Placeholder`'s.
        case unknownPlaceholder(String)
        /// A `{{` without its `}}`.
        case unclosedPlaceholder
    }

    /// The segments in order; no two texts stand beside each other.
    package let segments: [Segment]

    /// Parses `text`. A single brace is plain text.
    package init(_ text: String) throws(Fault) {
        var segments: [Segment] = []
        var rest = Substring(text)
        while let opening = rest.firstRange(of: "{{") {
            guard let closing = rest[opening.upperBound...].firstRange(of: "}}") else {
                throw .unclosedPlaceholder
            }
            let name = String(rest[opening.upperBound..<closing.lowerBound])
            guard let placeholder = Placeholder(name) else {
                throw .unknownPlaceholder(name)
            }
            if opening.lowerBound > rest.startIndex {
                segments.append(.text(String(rest[..<opening.lowerBound])))
            }
            segments.append(.placeholder(placeholder))
            rest = rest[closing.upperBound...]
        }
        if !rest.isEmpty { segments.append(.text(String(rest))) }
        self.segments = segments
    }

    /// The placeholders in order.
    var placeholders: [Placeholder] {
        segments.compactMap {
            if case .placeholder(let placeholder) = $0 { placeholder } else { nil }
        }
    }

    /// The text with every hole filled by `value`; nil if one has no value.
    func text(_ value: (Placeholder) -> String?) -> String? {
        var text = ""
        for segment in segments {
            switch segment {
            case .text(let part): text += part
            case .placeholder(let placeholder):
                guard let part = value(placeholder) else { return nil }
                text += part
            }
        }
        return text
    }
}
