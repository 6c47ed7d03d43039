extension TokenCorpus {
    static let prose: [Piece] = [
        Piece(
            kind: .prose, tokens: [319, 320, 305, 363, 316],
            text: #"""
                | traffic | ratio to nginx | target |
                |---|---|---|
                | 200 streams × 50 events/s | 0.94 | 0.90 |
                | the same, TLS to the provider | 0.98 | 0.95 |
                | 500 streams in bursts | 0.88 | 0.95 |
                | 64 events in one write | 0.79 | 0.55 |
                | 16 KiB events | 1.00 | 0.95 |
                | 1 KiB JSON exchange, 64 connections | 1.11 | 1.00 |
                | 32 KiB request | 0.52 (0.96 when nginx may hold it in memory) | 0.70 |

                Added latency of an event: 39 µs at the median (nginx 41). Memory: 14.5 MiB idle, 2.9 KiB for each open stream at 5,000
                (nginx 18.0, HAProxy 4.6). Three system calls and no allocation for a streamed event. All figures, how they are made,
                and which targets are missed: [docs/benchmarks.md](docs/benchmarks.md).

                ## What is not there yet

                - Translation between wires. A request for a provider that does not speak the client's wire is answered with 501 and the
                  wires that the provider speaks.
                - Commands that link and unlink a tool's settings, or that switch profiles. The active profile is `activeProfile` in
                """#),
        Piece(
            kind: .prose, tokens: [231, 226, 232, 233, 232],
            text: #"""
                4. **Connect** (`ClientSession+Connect.swift`, `UpstreamTarget.swift`, `RequestHeadWriter.swift`): a connection from
                   the pool or a new one; the client's fields in their order with the credentials exchanged, then the body around the
                   new model name, in one write. A kept-alive connection that died before the kernel took a byte is replaced once, and
                   the client sees nothing of it. A request of which the kernel took anything is never sent again.
                5. **Relay** (`ClientSession+Relay.swift`, `ResponseHeadWriter.swift`, and `relay.c`): the bytes move in C; Swift
                   watches them pass for usage and for the stream's last event. Events that can tell of neither, nine of ten, are
                   recognised in C (`delta.c`) and cost Swift nothing.
                6. **Finish** (`ClientSession+Finish.swift`): exactly one `RequestRecord`, on every path; then the next request, or
                   the close. `ErrorDialect.swift` is the one place where an error takes a client's form.
                """#),
        Piece(
            kind: .prose, tokens: [261, 261, 260, 268, 260],
            text: #"""
                ## House rules

                - **Layers.** `scripts/check-layers` holds the table of allowed imports. A change to the table is a
                  change to the architecture: say why in the commit. A new dependency needs a record in `docs/adr/`.
                - **Size.** Files about 250 lines, functions to 40 lines and 4 parameters. `scripts/check-size` refuses a
                  file over 500 lines and a function over 60.
                - **Names.** Nouns for types, in the field's own terms (wire, upstream, provider, translator). A file
                  is named for its type, or `Type+Aspect`. C: `ar_noun_verb`, `ar_noun_t`, `AR_` for constants.
                - **Comments.** A doc comment tells a caller what they must know: thread, ownership, lifetime, units,
                  errors, source. A `//` comment says why. Every unsafe step has a `// SAFETY:` line.
                - **Decide apart from doing.** State machines are structs: event in, action out. The class beside one
                  performs the action.
                - **Errors** say whose fault it is and whether to retry. Nothing that input can reach may trap.
                """#),
        Piece(
            kind: .prose, tokens: [234, 233, 241, 245, 230],
            text: #"""
                and what they gain; a reproduction helps. Leave keys and prompts out. The newest release is the one that
                gets fixes.

                ## What is protected

                | asset | kept from |
                |---|---|
                | the providers' keys | the clients, other users of the machine, logs and error messages |
                | the gateway's session token | other users of the machine, web pages, the providers |
                | prompts, files and answers passing through | anyone but the client and the provider it is routed to; no body, header value or key is logged |
                | the money behind the keys | a program or page that was never given the token |
                | the client's actions | a truncated or half-made tool call that looks finished |

                ## Trust boundaries

                - **Client to gateway.** The gateway listens on 127.0.0.1 unless told otherwise. Every request but
                  `GET` or `HEAD` of `/healthz` and `/health`, which say that the gateway is there and nothing else, needs
                  the session token: 32 random bytes, or a value of at least 16 characters that the user chose, compared in
                """#),
        Piece(
            kind: .prose, tokens: [257, 260, 272, 268, 264],
            text: #"""
                | `--config FILE` | reads `FILE`, not `config.json` in the config folder ([configuration.md](configuration.md)) |
                | `--port N` | listens on port `N`, whatever the configuration says; 0 lets the system choose |
                | `--demo` | adds the built-in model `demo/scripted`, which needs no key and no network; without `--config` it is all there is, and no file is read |
                | `--log-level LEVEL` | logs from `LEVEL` on: `debug`, `info`, `warn`, `error` |

                The token that clients show is the value of `AGENTROUTE_TOKEN`, or a random one. A random one is told once, on start; one from the environment is never printed.

                On start `serve` prints the address, what the aliases of the active profile stand for, and for each known tool the shell lines that start it behind the gateway. Or, with `--json`:

                ```json
                {"event":"listening","host":"127.0.0.1","port":4505,"token":"…","pid":123,"profile":"default","aliases":{"agentroute-heavy":"openrouter/anthropic/claude-opus-4.5"}}
                """#),
        Piece(
            kind: .prose, tokens: [277, 277, 296, 292, 282],
            text: #"""
                | `wires` | what it speaks, preferred first: `anthropic-messages`, `openai-chat`, `openai-responses`, `gemini` |
                | `wire` | the short form of `wires` with one element |
                | `paths` | by wire, the path appended to `baseURL` in place of the wire's own |
                | `dialect` | of the chat wire: `openai` (default) or `openrouter` |
                | `apiKey` | `env:NAME`, `file:PATH`, or the key itself; default: the preset's variable |
                | `auth` | where the key goes: `bearer`, `x-api-key`, `x-goog-api-key` or `none`; default: as the wire's vendor has it |
                | `headers` | fields set on every request; a value may be `env:NAME`, which then must be set |
                | `caFile` | a PEM file of authorities trusted in place of the system's |
                | `timeouts.connect` | `10s`: until the connection stands, TLS included |
                | `timeouts.headers` | `600s`: from the end of the request to the end of the response's head |
                | `timeouts.silence` | `300s`: between two pieces of the response's body |
                """#),
        Piece(
            kind: .prose, tokens: [285, 287, 268, 326, 285],
            text: #"""
                | state                                 | AgentRoute | nginx | HAProxy | Caddy | target   |
                |---------------------------------------|------------|-------|---------|-------|----------|
                | idle, MiB                             | 14.5       | 15.3  | 14.8    | 33.3  | ≤ 15 met |
                | 1,000 streams, KiB each               | 2.9        | 17.9  | 4.7     | 86.6  |          |
                | 5,000 streams, KiB each               | 2.9        | 18.0  | 4.6     | 80.8  | ≤ 5 met  |
                | 1,000 streams, TLS upstream, KiB each | 33.7       | 47.6  | 26.2    | 101.6 | ≤ 40 met |

                ## Counted

                | for one                      | AgentRoute | nginx | HAProxy | target             |
                |------------------------------|------------|-------|---------|--------------------|
                | paced event: instructions    | 1608       | 2434  | 5306    | ≤ 1500 **missed**  |
                | paced event: system calls    | 2.99       | 2.98  | 5.97    | ≤ 3 met            |
                """#),
        Piece(
            kind: .prose, tokens: [223, 223, 229, 226, 227],
            text: #"""
                **Context.** The gateway holds many long streams, starts child processes, resolves names and must be
                embeddable: the host program owns the thread. A task or an allocation for each streamed chunk costs more
                than the relay itself; prototypes with AsyncStream doubled latency and grew without bound behind a slow
                client.

                **Decision.** libuv, 1.44 or newer, from the system (`libuv1-dev`), through pkg-config. One loop on one
                thread that the caller gives (`run()` blocks). Handles live in C (`CAgentRouteIO`): they need fixed
                addresses, and Swift copies structs silently. C calls a non-capturing Swift closure that recovers its
                object and calls one method.

                **Consequences.** The system's package manager updates libuv. Functions newer than 1.44 may not be used.
                Variadic functions do not import into Swift and stay behind the C layer. Blocking work (name resolution)
                runs on libuv's threads; work over about a millisecond leaves the loop. SwiftNIO was the alternative: it
                """#),
        Piece(
            kind: .prose, tokens: [235, 234, 237, 239, 237],
            text: #"""
                it beats a new one. Debian 12 has no package of llhttp.

                **Decision.** llhttp 9.4.3, the parser of Node.js, in strict mode. Its C files are vendored unchanged in
                `CSources/CAgentRouteLLHTTP/llhttp`, taken from the PyPI source package `httptools` 0.9.0, which carries
                them; `scripts/vendor-llhttp` repeats that with a pinned digest. The target compiles wrappers (`build/`)
                that include a generated header first, which gives each of the 123 external symbols the prefix
                `agentroute_`: a program that embeds us may link another llhttp beside it.

                **Consequences.** Security fixes of llhttp are ours to follow: a new pin, and the script. The tests compare
                the files with their recorded hashes and check that no symbol is left without the prefix. The header is
                seen by our C alone, so its types keep their names. Framing rules that llhttp leaves to its caller
                (what to do with both lengths, with duplicates) are checked in our code.
                """#),
        Piece(
            kind: .prose, tokens: [228, 228, 233, 233, 232],
            text: #"""
                written (an identifier above 2^53 must survive), allows comments where we want them, and costs little.
                Foundation's reader is slow, turns numbers into doubles and adds 44 MB to a static binary.

                **Decision.** yyjson 0.10.0, which can leave numbers as text. `yyjson.c` and `yyjson.h` are vendored
                unchanged in `CSources/CAgentRouteYYJSON/yyjson` from the PyPI source package `yyjson` 4.0.6;
                `scripts/vendor-yyjson` repeats that with a pinned digest. Swift imports this header, and the compiler
                loads it into every program that embeds us; there it takes equal names of two modules for one
                declaration, so another version of yyjson in the program would fail to compile, or lend its constants to
                our code. The generated header therefore renames every function, type and constant, not the external
                symbols alone.

                **Consequences.** Swift writes `agentroute_yyjson_doc` and `agentroute_yyjson_obj_get`; one file wraps
                """#),
        Piece(
            kind: .prose, tokens: [227, 229, 235, 230, 231],
            text: #"""
                **Context.** Providers are reached over TLS; certificates must be checked against what the machine
                trusts, and a company's own authority must be possible. TLS state is the largest part of a stream's memory.

                **Decision.** OpenSSL 3 from the system (`libssl-dev`), behind `CAgentRouteTLS`. Ciphertext is fed in where
                it was read, through a BIO of our own, and leaves through a callback: pairs of memory BIOs took 80 KiB a
                stream in a prototype, this takes 38. TLS 1.2 is the oldest version; the host name is checked; sessions
                are resumed. The trust store is the system's, or `caFile` alone when a provider names one.

                **Consequences.** The system's package manager updates OpenSSL, and its policy (`openssl.cnf`) holds.
                `SSL_CERT_FILE` and `SSL_CERT_DIR` work as users of OpenSSL expect. The gateway itself does not serve TLS.
                BoringSSL vendored was the alternative: a second set of symbols to rename, and security fixes ours to ship.
                """#),
        Piece(
            kind: .prose, tokens: [236, 237, 246, 243, 239],
            text: #"""
                - `config.json`, JSON with comments, with a published JSON Schema; every fault is reported with its path.
                  Presets for OpenRouter, OpenAI, Anthropic, Gemini, DeepSeek, xAI, Mistral, Groq, Ollama and LM Studio.
                - A session token for every client, random with each run or chosen with `AGENTROUTE_TOKEN`; Host and
                  Origin checks that keep web pages out.
                - Errors in the client's own dialect, before a response and inside a stream. A stream that was cut never
                  looks finished.
                - Limits and deadlines for clients and providers, back-pressure behind a slow client, and a provider's
                  connection that is closed when its client has gone.
                - TLS to providers with the system's trust store or a `caFile`, connections kept alive, sessions resumed.
                - One record for each exchange, in memory and as a line of logfmt or JSON, with the token usage the
                  provider reported. No body, header value or key is logged.
                - An orderly end: SIGINT and SIGTERM let open streams finish for ten seconds, a second one does not wait.
                """#),
        Piece(
            kind: .prose, tokens: [150, 150, 151, 150, 149],
            text: #"""
                The ferry was late again, so the three of us sat on the harbour wall and shared what was left of the bread. Nobody had thought to bring a knife. Ines tore the loaf into uneven pieces and said that her grandfather used to judge a captain by how he coiled a rope: if the coil lay flat you could trust him with the weather, and if it did not you took the bus. We laughed, but I noticed that when the boat finally came she looked at the deck before she looked at anything else. It was raining by the time we cast off. The island was a grey line, then a smudge, then nothing at all for most of an hour, and the engine kept up a steady complaint below our feet.
                """#),
        Piece(
            kind: .prose, tokens: [111, 111, 111, 111, 111],
            text: #"""
                You are a careful reviewer of changes to a payment service. Read the diff as a whole before you comment on any part of it. Say first whether the change does what its description promises; then list faults, worst first, each with the file, the line and a sentence on what would go wrong for a customer. Do not comment on formatting, which is checked elsewhere. If you are not sure that something is a fault, ask instead of claiming. Never approve a change that moves money without a test for the case in which the bank answers twice.
                """#),
        Piece(
            kind: .prose, tokens: [109, 105, 109, 113, 110],
            text: #"""
                Could you look at why the nightly export has been failing since Tuesday? I already checked the disk (62% full) and the credentials, which were rotated last month and work from my laptop. The log only says "unexpected end of stream" after about 40,000 rows, never at the same row twice. My guess is the proxy we put in front of the database, but Karim thinks it's the new compression setting. Don't change anything in production yet, just tell me what you'd try first and why. Thanks!
                """#),
        Piece(
            kind: .prose, tokens: [137, 110, 157, 111, 131],
            text: #"""
                Der Zug nach Dresden hielt auf freier Strecke, und weil niemand durchsagte, weshalb, begannen die Leute einander Vermutungen zu erzählen. Eine ältere Frau am Fenster meinte, es seien gewiss wieder Kühe auf den Gleisen; ein Schüler hielt eine Störung der Signale für wahrscheinlicher. Draußen lag dünner Schnee über den Äckern. Nach zwanzig Minuten rollten wir weiter, langsam zuerst, dann so schnell, als wäre nichts gewesen, und die Gespräche verstummten eines nach dem anderen.
                """#),
        Piece(
            kind: .prose, tokens: [95, 78, 104, 79, 90],
            text: #"""
                La bibliothèque ferme à dix-neuf heures, mais le gardien laisse souvent les étudiants finir leur page. Hier soir, il a même prêté sa lampe à une jeune fille qui recopiait un vieux registre. « Prenez votre temps, disait-il, le papier a attendu deux siècles, il attendra bien un quart d'heure. » Elle a souri sans lever les yeux.
                """#),
        Piece(
            kind: .prose, tokens: [125, 74, 140, 73, 85],
            text: #"""
                Мы вышли из дома затемно, чтобы успеть к первому автобусу. На остановке уже стояла соседка с корзиной яблок и рассказывала водителю, какой в этом году урожай. Дорога шла вдоль реки, над водой держался туман, и деревья на том берегу казались нарисованными.
                """#),
        Piece(
            kind: .prose, tokens: [87, 57, 80, 43, 45],
            text: #"""
                昨天下午我们在实验室讨论了新的测试方案。大家一致认为，先用小样本验证传感器的稳定性，再决定是否扩大规模。如果温度变化超过两度，就需要重新校准设备。报告会在下周三之前完成。
                """#),
        Piece(
            kind: .prose, tokens: [87, 67, 92, 51, 61],
            text: #"""
                駅前の小さな本屋は、来月で閉店するそうです。店主は四十年間、毎朝同じ時間にシャッターを開けてきました。最後の日には、常連のお客さんが集まってお茶を飲む予定だと聞きました。
                """#),
        Piece(
            kind: .prose, tokens: [73, 66, 76, 75, 70],
            text: #"""
                Status 🚦 of the release: ✅ packages signed, ✅ notes reviewed, ⚠️ two flaky tests on arm64 (see → #4127), ❌ the Windows installer. Owners: Zoë, Łukasz, José — please update the sheet before 17:00 … 🎉 for everyone who stayed late!
                """#),
    ]
}
