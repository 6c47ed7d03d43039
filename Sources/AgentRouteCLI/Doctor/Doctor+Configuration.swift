internal import AgentRouteCore

extension Doctor {
    /// The configuration and the profiles.
    ///
    /// - Returns: The configuration besides, if there is one a gateway could run with; with the
    ///   profiles only if they can be used.
    func configurationFindings() async -> (findings: [Finding], Configuration?) {
        let base: Configuration
        do throws(Failure) {
            base = try await workspace.configuration(loop)
        } catch {
            return (
                error.faults.map { fault in
                    .wrong(
                        "configuration",
                        (fault.place.map { "\($0): " } ?? "") + fault.message,
                        remedy: "correct it, then say: agentroute config check")
                }, nil
            )
        }
        let place = workspace.file ?? "no config.json: every preset is a provider"
        var findings = [Finding.fine("configuration", place)]
        let exposure = workspace.exposure(of: base)
        if let exposure, let file = workspace.file {
            findings = [.mendable("configuration", exposure, .closing([file]))]
        }
        let (profile, resolved) = profileFindings(base)
        return (findings + profile, resolved ?? base)
    }

    private func profileFindings(_ base: Configuration) -> ([Finding], Configuration?) {
        let advice = "agentroute profiles create work --heavy PROVIDER/MODEL"
        do throws(ProfileError) {
            let snapshot = try workspace.profiles(base).read()
            let broken = snapshot.entries.filter { !$0.faults.isEmpty }.map { entry in
                Finding.wrong(
                    "profile \(entry.name)",
                    entry.faults.map(\.description).joined(separator: "; "),
                    remedy: "agentroute profiles set \(entry.name) --heavy PROVIDER/MODEL")
            }
            let configuration = try snapshot.resolve()
            guard let profile = configuration.active, !profile.models.isEmpty else {
                return (
                    broken + [.wrong("profile", "there is no profile", remedy: advice)], nil
                )
            }
            let models = ModelAlias.allCases.compactMap { alias in
                profile.models[alias].map { "\(alias.rawValue) \($0)" }
            }
            let detail = "\(profile.name): \(models.joined(separator: ", "))"
            return (broken + [.fine("profile", detail)], configuration)
        } catch {
            return (
                [
                    .wrong(
                        "profile", error.description, remedy: "agentroute profiles activate NAME")
                ], nil
            )
        }
    }
}
