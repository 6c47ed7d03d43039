package import AgentRouteWire

/// A tool the gateway can stand in front of, as `manifests/<id>.json` describes it: which wire it
/// speaks and how it is told where the gateway is.
package struct Manifest: Sendable, Equatable {
    /// One environment variable the tool reads.
    package struct Variable: Sendable, Equatable {
        /// The variable's name.
        package let name: String
        /// Its value, with holes.
        package let value: Template
    }

    /// The name commands know the tool by, such as `claude-code`.
    package let id: String
    /// The name shown to people.
    package let displayName: String
    /// The wire the tool speaks to the gateway.
    package let wire: Wire
    /// The variables that point the tool at the gateway, in the order of the file.
    package let environment: [Variable]
    /// The program and the arguments that make it use the gateway.
    package let command: [Template]

    /// The shell lines that start the tool behind the gateway: one `export` for each variable, then
    /// the command.
    package func rendered(with substitutions: Substitutions) -> [String] {
        let exports = environment.map { variable in
            "export \(variable.name)=\(substitutions.word(for: variable.value).rendered)"
        }
        let words = command.map { substitutions.word(for: $0).rendered }
        return exports + [words.joined(separator: " ")]
    }
}

/// What fills the holes of a manifest's templates.
package struct Substitutions: Sendable, Equatable {
    /// How the session token gets into a shell line.
    package enum Token: Sendable, Equatable {
        /// The token itself.
        case literal(String)
        /// The shell variable that holds it, so that it need not be shown.
        case variable(String)
    }

    /// The aliases of the three tiers.
    package struct Roles: Sendable, Equatable {
        /// The name a client asks for to get the strongest model.
        package let heavy: String
        /// The name a client asks for to get the model for everyday work.
        package let balanced: String
        /// The name a client asks for to get the quickest model.
        package let fast: String

        /// Names the aliases of the tiers.
        package init(heavy: String, balanced: String, fast: String) {
            self.heavy = heavy
            self.balanced = balanced
            self.fast = fast
        }
    }

    /// The gateway's address without a path.
    package let gatewayURL: String
    /// The session token.
    package let token: Token
    /// The aliases to ask for.
    package let roles: Roles

    /// Gathers the values for one gateway.
    package init(gatewayURL: String, token: Token, roles: Roles) {
        self.gatewayURL = gatewayURL
        self.token = token
        self.roles = roles
    }

    /// `template` with its holes filled, as one word for a shell.
    func word(for template: Template) -> ShellWord {
        var word = ShellWord()
        for segment in template.segments {
            switch segment {
            case .text(let text): word.append(literal: text)
            case .placeholder(let placeholder): append(placeholder, to: &word)
            }
        }
        return word
    }

    private func append(_ placeholder: Template.Placeholder, to word: inout ShellWord) {
        switch (placeholder, token) {
        case (.gatewayURL, _): word.append(literal: gatewayURL)
        case (.authToken, .literal(let text)): word.append(literal: text)
        case (.authToken, .variable(let name)): word.append(variable: name)
        case (.heavy, _): word.append(literal: roles.heavy)
        case (.balanced, _): word.append(literal: roles.balanced)
        case (.fast, _): word.append(literal: roles.fast)
        }
    }
}
