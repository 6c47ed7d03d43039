internal import AgentRouteCore

/// One request through a gateway that lives as long as the request.
struct DemoRun: Sendable {
    /// What is sent.
    let request: SampleRequest
    /// Who is told.
    let output: DemoOutput

    /// Starts a gateway on `loop`, sends the request over a socket, shows the stream and then the
    /// gateway's record of it, and stops the gateway. Throws unless all of it went well.
    func run(on loop: EventLoop) async throws(Failure) {
        let (records, sink) = AsyncStream<RequestRecord>.makeStream()
        let token = try token()
        let gateway = Gateway(
            configuration: .demo.listening(onPort: 0), loop: loop, token: token,
            options: GatewayOptions(logDescriptor: nil, onRecord: { sink.yield($0) }))
        let port = try await start(gateway)
        do throws(Failure) {
            try await exchange(on: port, token: token)
            try await show(records)
        } catch {
            await gateway.stop()
            throw error
        }
        await gateway.stop()
    }

    private func start(_ gateway: Gateway) async throws(Failure) -> UInt16 {
        do throws(AgentRouteError) {
            return try await gateway.start()
        } catch {
            throw Failure(.gateway, code: error.code.name, error.message)
        }
    }

    /// Shows the first of `records`, which may come a moment after the end of the answer.
    private func show(_ records: AsyncStream<RequestRecord>) async throws(Failure) {
        for await record in records {
            output.show(record)
            guard record.outcome == .ok else {
                let outcome = record.outcome.rawValue
                throw Failure(.gateway, code: "demo_failed", "the exchange ended with \(outcome)")
            }
            break
        }
    }

    private func token() throws(Failure) -> SessionToken {
        do throws(InvalidValue) {
            return try .random()
        } catch {
            throw Failure(.general, code: "no_token", "a token \(error.reason)")
        }
    }

    private func exchange(on port: UInt16, token: SessionToken) async throws(Failure) {
        let bytes = request.bytes(port: port, token: token.secret.value)
        output.announce(request, port: port)
        let result = await ClientThread.run { [output] in
            let start = ContinuousClock.now
            return Result { () throws(SampleClient.Failed) in
                try SampleClient(port: port).send(bytes) { line in
                    if !line.isEmpty { output.show(line, after: ContinuousClock.now - start) }
                }
            }
        }
        switch result {
        case .success(200): break
        case .success(let status):
            throw Failure(.gateway, code: "demo_failed", "the gateway answered \(status)")
        case .failure(let error): throw Failure(.gateway, code: "demo_failed", error.reason)
        case nil: throw Failure(.general, code: "no_thread", "the system gives no thread")
        }
    }
}
