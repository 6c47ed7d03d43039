/// The manifests there are: those of the program, then those of the user.
///
///     let catalogue = try ManifestCatalogue(user: files)
///     catalogue["aider"]?.displayName
package struct ManifestCatalogue: Sendable {
    /// A file of the user with a manifest.
    package struct File: Sendable {
        /// The file's name, for messages.
        package let name: String
        /// Its content.
        package let bytes: [UInt8]

        /// A file of this content.
        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// A manifest of the user whose id is taken.
    package struct Shadowed: Sendable, Equatable {
        /// The file's name.
        package let name: String
        /// The id, which means the manifest of the program, or of an earlier file.
        package let id: String
    }

    /// The manifests in the order they are shown; no two have the same id.
    package private(set) var manifests: [Manifest]
    /// Manifests that are not used because their id is taken.
    package private(set) var shadowed: [Shadowed] = []
    /// What is wrong with files of the user that are no manifests; the others are used.
    package private(set) var errors: [ManifestError] = []

    /// Reads the manifests of the program and those in `user`, in its order. Throws only if one of the
    /// program's is faulty, which the tests rule out.
    package init(user: [File] = []) throws(ManifestError) {
        manifests = try Manifest.builtIn()
        for file in user {
            do throws(ManifestError) {
                let manifest = try Manifest(file.bytes, source: file.name)
                if self[manifest.id] == nil {
                    manifests.append(manifest)
                } else {
                    shadowed.append(Shadowed(name: file.name, id: manifest.id))
                }
            } catch {
                errors.append(error)
            }
        }
    }

    /// The manifest of the tool `id`.
    package subscript(id: String) -> Manifest? {
        manifests.first { $0.id == id }
    }
}
