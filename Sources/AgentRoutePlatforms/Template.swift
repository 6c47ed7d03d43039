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

    /// What a template may leave open. The raw value is the name between the braces.
    package enum Placeholder: String, Sendable, CaseIterable {
        /// The gateway's address without a path, such as `http://127.0.0.1:4505`.
        case gatewayURL = "gateway_url"
        /// The session token of the gateway.
        case authToken = "auth_token"
        /// The alias of the strongest model of the profile.
        case heavy = "roles.heavy"
        /// The alias of the model for everyday work.
        case balanced = "roles.balanced"
        /// The alias of the quickest model.
        case fast = "roles.fast"
    }

    /// Why a text is no template.
    package enum Fault: Error, Equatable {
        /// The name between the braces is none of `Placeholder`.
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
            guard let placeholder = Placeholder(rawValue: name) else {
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
}
