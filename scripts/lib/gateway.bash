# Sourced by the checks that run the program as a user has it.

# Sets `gateway` to the path of the program to test: AGENTROUTE_BIN if that is set, else a release that
# is built now, in the repository's folder.
find_gateway() {
    gateway=${AGENTROUTE_BIN:-}
    [[ -z "$gateway" ]] || return 0
    swift build -c release --static-swift-stdlib --product agentroute
    gateway=$(swift build -c release --static-swift-stdlib --show-bin-path)/agentroute
}
