import Testing

/// What the program does as a process, with a home of its own.
///
/// Serialised, since a machine of two cores that starts many programs at once starts each too late;
/// each test runs on a thread of its own, since it waits for processes.
@Suite("Processes", .serialized, .onOwnThread)
enum Processes {}
