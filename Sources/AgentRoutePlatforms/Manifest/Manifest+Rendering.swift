extension Manifest {
    /// The shell lines that start the tool behind the gateway: one `export` for each variable, then
    /// the command. A variable whose value is unknown is left out.
    package func rendered(with substitutions: Substitutions) -> [String] {
        let exports = environment.compactMap { setting -> String? in
            guard case .text(let template) = setting.value else { return nil }
            return substitutions.word(for: template).map {
                "export \(setting.path.joined())=\($0.rendered)"
            }
        }
        let words = run.command.compactMap { substitutions.word(for: $0)?.rendered }
        return exports + [words.joined(separator: " ")]
    }
}

/// What fills the holes of a manifest's templates in a shell line.
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

        /// The alias of `role`.
        package subscript(role: Role) -> String {
            switch role {
            case .heavy: heavy
            case .balanced: balanced
            case .fast: fast
            }
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

    /// `template` with its holes filled, as one word for a shell; nil if a hole has no value here.
    func word(for template: Template) -> ShellWord? {
        var word = ShellWord()
        for segment in template.segments {
            switch segment {
            case .text(let text): word.append(literal: text)
            case .placeholder(.gatewayURL): word.append(literal: gatewayURL)
            case .placeholder(.alias(let role)): word.append(literal: roles[role])
            case .placeholder(.contextWindow), .placeholder(.file): return nil
            case .placeholder(.authToken):
                switch token {
                case .literal(let text): word.append(literal: text)
                case .variable(let name): word.append(variable: name)
                }
            }
        }
        return word
    }
}
