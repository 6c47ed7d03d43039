import Glibc
import Testing

@testable import AgentRouteCLI

@Suite("Who holds a port")
struct PortHolderTests {
    @Test("the holder of a busy port is found by its id and its program's name")
    func busy() throws {
        let port = try BusyPort()
        let holder = try #require(PortHolder.find(port: port.number))
        #expect(holder.pid == Int(getpid()))
        #expect(!holder.program.isEmpty)
    }

    @Test("a port nobody listens on has no holder")
    func free() throws {
        let number = try freePort()
        #expect(PortHolder.find(port: number) == nil)
    }

    @Test("a system without /proc knows no holder")
    func noProc() throws {
        let port = try BusyPort()
        #expect(PortHolder.find(port: port.number, in: "/nowhere") == nil)
    }

    private func freePort() throws -> UInt16 {
        let port = try BusyPort()
        return port.number
    }
}
