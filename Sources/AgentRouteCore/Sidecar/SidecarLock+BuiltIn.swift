extension SidecarLock {
    /// The packages this version of AgentRoute was made with. Throws only if the file built in pins no
    /// LiteLLM, which a test rules out.
    package static func builtIn() throws(InvalidValue) -> SidecarLock {
        try SidecarLock(PackageResources.requirements_txt)
    }
}
