# syntax=docker/dockerfile:1
# The gateway as an image: `agentroute serve` for the clients of a network. See docs/operations.md.
#
#   docker build -t agentroute .
#   docker run -p 127.0.0.1:4505:4505 -e OPENROUTER_API_KEY -e AGENTROUTE_TOKEN agentroute

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libuv1-dev libssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY Package.swift ./
COPY CSources CSources
COPY Sources Sources
COPY manifests manifests
# The manifest names them; they are not built.
COPY Benchmarks Benchmarks
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product agentroute \
    && strip -o /agentroute .build/release/agentroute

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends libuv1 libssl3 libstdc++6 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group agentroute \
    && install -d -o agentroute -g agentroute -m 0700 /agentroute
COPY --from=build /agentroute /usr/local/bin/agentroute
# Inside, it listens on every address of the container: who reaches it is for `docker run -p` to say.
COPY --chown=agentroute:agentroute --chmod=0600 <<'JSON' /agentroute/config.json
{
  "listen": { "host": "0.0.0.0", "port": 4505 },
  "providers": { "openrouter": { "preset": "openrouter" } },
  "profiles": {
    "default": {
      "heavy": "openrouter/anthropic/claude-opus-4.5",
      "balanced": "openrouter/anthropic/claude-sonnet-4.5",
      "fast": "openrouter/anthropic/claude-haiku-4.5"
    }
  }
}
JSON
USER agentroute
ENV AGENTROUTE_HOME=/agentroute
EXPOSE 4505
ENTRYPOINT ["agentroute"]
CMD ["serve"]
