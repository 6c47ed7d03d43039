import CAgentRouteIO

/// Whom TLS connections trust. Shared by any number of origins of one loop; used on that loop's thread.
package final class TLSContext {
    /// The C context, held by this object and by each origin that uses it.
    let handle: OpaquePointer

    /// Loads the trust anchors, reading files: tens of milliseconds for a whole trust store.
    ///
    /// - Parameter caFile: A PEM file whose certificates are trusted and no others; nil stands for the
    ///   system's trust store (`SSL_CERT_FILE` and `SSL_CERT_DIR` hold, as OpenSSL documents).
    /// - Throws: `IOError` with code 0, its text saying what is wrong with the file.
    package init(caFile: String?) throws(IOError) {
        let (created, reason) = Self.create(caFile: caFile)
        guard let created else {
            throw IOError(
                code: 0, text: reason,
                operation: "load the trust anchors of \(caFile ?? "the system")")
        }
        handle = created
    }

    deinit {
        ar_tls_context_release(handle)
    }

    private static func create(caFile: String?) -> (OpaquePointer?, reason: String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { reason in
            reason.initialize(repeating: 0)
            guard let text = reason.baseAddress else { return (nil, reason: "") }
            let context = ar_tls_context_create(caFile, text, reason.count)
            return (context, reason: String(cString: text))
        }
    }
}
