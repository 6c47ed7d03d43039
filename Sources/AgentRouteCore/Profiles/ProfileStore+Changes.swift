extension ProfileStore {
    /// Creates a profile; it is active at once if no other is.
    ///
    /// - Parameter isStrict: Written to the file unless nil, which is the default, false.
    /// - Returns: The profiles afterwards.
    /// - Throws: `exists` when there is a file of that name; `noModels`, `invalidName`, or `broken`
    ///   when a model names a provider that is not there.
    @discardableResult
    package func create(
        _ name: String, models: [ModelAlias: ModelReference], isStrict: Bool? = nil
    ) throws(ProfileError) -> ProfileSnapshot {
        try checkName(name)
        guard !models.isEmpty else {
            throw ProfileError(
                .noModels, "profile \"\(name)\" needs a model: heavy, balanced or fast")
        }
        try check(models)
        return try changing { before throws(ProfileError) in
            if case .file? = before.entry(name)?.place {
                throw ProfileError(
                    .exists, "there is a profile \"\(name)\" already; set its models, or delete it")
            }
            try write(ProfileFile.text(ProfileFile.members(models, isStrict: isStrict)), to: name)
            if before.active == nil || before.isDangling {
                try ActiveProfileFile.write(name, to: activeFile)
            }
        }
    }

    /// Gives a profile other models; those not named, and `strict` when nil, stay as they are. The
    /// file is written anew: comments in it are not kept.
    ///
    /// - Throws: `readOnly` for a profile of `config.json`; `noModels` when nothing is to change;
    ///   `broken` when a model names a provider that is not there, or the file is no JSON object.
    @discardableResult
    package func set(
        _ name: String, models: [ModelAlias: ModelReference], isStrict: Bool? = nil
    ) throws(ProfileError) -> ProfileSnapshot {
        guard !models.isEmpty || isStrict != nil else {
            throw ProfileError(.noModels, "nothing to set: give heavy, balanced, fast or strict")
        }
        try check(models)
        return try changing { before throws(ProfileError) in
            let path = try writable(before.existing(name))
            let old = try contents(of: path)
            let text: [UInt8]
            do throws(InvalidValue) {
                text = try ProfileFile.changed(
                    old, by: ProfileFile.members(models, isStrict: isStrict))
            } catch {
                throw ProfileError(
                    .broken, "\(path) is no profile (\(error.reason)); mend it, or delete it")
            }
            try write(text, to: name)
        }
    }

    /// Gives a profile another name; if it is active it stays so.
    ///
    /// - Throws: `readOnly` for a profile of `config.json`, `exists` when there is a file of the new
    ///   name, `invalidName`.
    @discardableResult
    package func rename(_ name: String, to newName: String) throws(ProfileError) -> ProfileSnapshot
    {
        try checkName(newName)
        return try changing { before throws(ProfileError) in
            let path = try writable(before.existing(name))
            if case .file? = before.entry(newName)?.place {
                throw ProfileError(.exists, "there is a profile \"\(newName)\" already")
            }
            // The copy first and the old one last: between them both are there, never none.
            try write(contents(of: path), to: newName)
            if before.active == name { try ActiveProfileFile.write(newName, to: activeFile) }
            try remove(path)
        }
    }

    /// Deletes a profile. The active one goes only when another is named to be active in its place,
    /// so that no command leaves the aliases without a meaning; a file that stood in place of a
    /// profile of `config.json` uncovers that one and may always go.
    ///
    /// - Throws: `active`, `readOnly`, `notFound`, and what `activate` throws for the other one.
    @discardableResult
    package func delete(
        _ name: String, activating other: String? = nil
    ) throws(ProfileError) -> ProfileSnapshot {
        try changing { before throws(ProfileError) in
            let path = try writable(before.existing(name))
            let isCovered = configuration.profiles.contains { $0.name == name }
            if let other, other != name {
                _ = try before.usable(other)
                try ActiveProfileFile.write(other, to: activeFile)
            } else if before.active == name, !isCovered {
                throw Self.activeError(name, others: before.entries.map(\.name))
            }
            try remove(path)
        }
    }

    /// Makes a profile the active one. A running gateway follows with its next request.
    ///
    /// - Throws: `notFound`, or `broken` for one that could not be used.
    @discardableResult
    package func activate(_ name: String) throws(ProfileError) -> ProfileSnapshot {
        try changing { before throws(ProfileError) in
            _ = try before.usable(name)
            try ActiveProfileFile.write(name, to: activeFile)
        }
    }

    /// Runs `change` with the profiles as they are, nobody else changing them meanwhile.
    private func changing(
        _ change: (ProfileSnapshot) throws(ProfileError) -> Void
    ) throws(ProfileError) -> ProfileSnapshot {
        let lock: FileLock
        do throws(FileError) {
            lock = try FileLock(path: lockFile)
        } catch {
            throw ProfileError(error)
        }
        defer { lock.release() }
        try change(readUnlocked())
        return try readUnlocked()
    }
}

// MARK: - Rules

extension ProfileStore {
    private func checkName(_ name: String) throws(ProfileError) {
        if let fault = ConfigurationName.fault(in: name) {
            throw ProfileError(.invalidName, "\(name.debugDescription) \(fault)")
        }
    }

    private func check(_ models: [ModelAlias: ModelReference]) throws(ProfileError) {
        for alias in ModelAlias.allCases {
            guard let model = models[alias] else { continue }
            do throws(InvalidValue) {
                try ProfileFile.check(model, providers: configuration.providers.map(\.id))
            } catch {
                throw ProfileError(
                    .broken, "\(alias.rawValue): \(error.reason); add it to config.json first")
            }
        }
    }

    /// The path of a profile that may be changed.
    private func writable(_ entry: ProfileEntry) throws(ProfileError) -> String {
        switch entry.place {
        case .file(let path): return path
        case .configuration:
            throw ProfileError(
                .readOnly,
                "profile \"\(entry.name)\" is part of config.json; edit it there, or create a "
                    + "profile of the same name, which wins")
        }
    }

    private static func activeError(_ name: String, others names: [String]) -> ProfileError {
        let others = names.filter { $0 != name }
        let remedy =
            others.isEmpty
            ? "create another first" : "activate another first: \(others.joined(separator: ", "))"
        return ProfileError(.active, "profile \"\(name)\" is active; \(remedy)")
    }
}

// MARK: - Files

extension ProfileStore {
    private func contents(of path: String) throws(ProfileError) -> [UInt8] {
        do throws(FileError) {
            return try AtomicFile.read(path, limit: ProfileFile.byteLimit)
        } catch {
            throw ProfileError(error)
        }
    }

    private func write(_ text: [UInt8], to name: String) throws(ProfileError) {
        do throws(FileError) {
            try AtomicFile.write(path: path(of: name), bytes: text)
        } catch {
            throw ProfileError(error)
        }
    }

    private func remove(_ path: String) throws(ProfileError) {
        do throws(FileError) {
            try AtomicFile.remove(path)
        } catch {
            throw ProfileError(error)
        }
    }
}
