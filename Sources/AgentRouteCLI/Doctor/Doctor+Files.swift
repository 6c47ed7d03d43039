internal import AgentRouteCore
internal import Glibc

extension Doctor {
    /// The folders, and who may read what is in them.
    func fileFindings() -> [Finding] {
        let directories = workspace.directories
        let roots = Set([directories.configuration, directories.state]).sorted()
        let missing = roots.filter { FileStamp($0) == nil }
        guard missing.isEmpty else {
            return [
                .mendable(
                    "folders", "missing: \(missing.joined(separator: ", "))", .making(missing))
            ]
        }
        let locked = roots.filter { access($0, R_OK | W_OK | X_OK) != 0 }
        guard locked.isEmpty else {
            return [
                .wrong(
                    "folders", "not to be written: \(locked.joined(separator: ", "))",
                    remedy: "chmod u+rwx \(locked.joined(separator: " "))")
            ]
        }
        let folders =
            roots + [
                directories.profilesFolder, directories.keysFolder, directories.linksFolder,
                directories.catalogueFolder,
            ]
        return [
            privacy("folders", folders, "\(roots.joined(separator: ", ")), for you alone"),
            privacy("files", secretFiles, "what holds a key or a token is for you alone"),
        ]
    }

    /// The files that hold a key or a token, or may.
    private var secretFiles: [String] {
        let directories = workspace.directories
        let named = [directories.gatewayStateFile, directories.tokenFile, directories.logFile]
        return named
            + [directories.keysFolder, directories.linksFolder].flatMap { folder in
                Folders.names(in: folder).sorted().map { "\(folder)/\($0)" }
            }
    }

    private func privacy(_ name: String, _ paths: [String], _ detail: String) -> Finding {
        let open = paths.filter { FileStamp($0)?.isPrivate == false }
        guard !open.isEmpty else { return .fine(name, detail) }
        return .mendable(name, "open to others: \(open.joined(separator: ", "))", .closing(open))
    }
}

extension Repair {
    /// Takes from others what they may do with `paths`.
    static func closing(_ paths: [String]) -> Repair {
        Repair(summary: "closed to others: \(paths.joined(separator: ", "))") {
            () throws(Failure) in
            for path in paths {
                var status = stat()
                guard stat(path, &status) == 0, chmod(path, status.st_mode & 0o700) == 0 else {
                    throw Failure(
                        .general, code: "repair_failed",
                        "cannot change the mode of \(path): \(String(cString: strerror(errno)))")
                }
            }
        }
    }

    /// Makes folders.
    fileprivate static func making(_ folders: [String]) -> Repair {
        Repair(summary: "made \(folders.joined(separator: ", "))") { () throws(Failure) in
            do throws(FileError) {
                for folder in folders { try AtomicFile.createFolder(folder) }
            } catch {
                throw Failure(.general, code: "repair_failed", "\(error)")
            }
        }
    }
}
