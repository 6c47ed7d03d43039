import AgentRouteTesting
import Foundation

/// A TLS server on 127.0.0.1 that hands what it decrypts to a plain upstream. It is Python's, so that
/// the gateway's TLS is not tested against itself.
final class TLSTerminator: Sendable {
    /// A certificate that signs itself, and its key.
    struct Identity: Sendable {
        let directory: URL

        /// The certificate's file, which is also the authority to trust.
        var certificate: String { directory.appending(path: "cert.pem").path }
        var key: String { directory.appending(path: "key.pem").path }

        /// Makes one for `name`, a subject alternative name such as "IP:127.0.0.1".
        init(name: String) throws {
            directory = FileManager.default.temporaryDirectory
                .appending(path: "agentroute-tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            let arguments = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", "2", "-subj", "/CN=agentroute test", "-addext",
                "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
            ]
            let process = try start(arguments, output: FileHandle.nullDevice)
            process.waitUntilExit()
        }
    }

    /// Where it listens.
    let port: UInt16
    private let process: Process
    private let lifeline = Pipe()

    /// Starts in front of 127.0.0.1:`upstream`.
    init(identity: Identity, upstream: UInt16) throws {
        let output = Pipe()
        let arguments = [
            "python3", "-c", Self.program, identity.certificate, identity.key, String(upstream),
        ]
        process = try start(
            arguments, input: lifeline.fileHandleForReading, output: output.fileHandleForWriting)
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.first != 10 {
            if byte.isEmpty { break }
            line.append(byte)
        }
        guard let port = UInt16(String(decoding: line, as: UTF8.self)) else {
            kill(process.processIdentifier, SIGKILL)
            throw CocoaError(.fileReadUnknown)
        }
        self.port = port
    }

    /// Ends the server.
    func stop() {
        // A child starts with this thread's signals, and may have SIGTERM blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    private static let program = """
        import os, socket, ssl, sys, threading

        def end_with_parent():
            sys.stdin.read()
            os._exit(0)

        def copy(source, target):
            try:
                while data := source.recv(65536):
                    target.sendall(data)
            except OSError:
                pass
            finally:
                for end in (source, target):
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass

        def serve(raw):
            try:
                client = context.wrap_socket(raw, server_side=True)
            except OSError:
                return raw.close()
            upstream = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
            threading.Thread(target=copy, args=(upstream, client), daemon=True).start()
            copy(client, upstream)

        threading.Thread(target=end_with_parent, daemon=True).start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            raw, _ = listener.accept()
            threading.Thread(target=serve, args=(raw,), daemon=True).start()
        """
}

/// Starts a program looked up in PATH, its standard error dropped.
private func start(
    _ arguments: [String], input: FileHandle = .nullDevice, output: FileHandle
) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
}
