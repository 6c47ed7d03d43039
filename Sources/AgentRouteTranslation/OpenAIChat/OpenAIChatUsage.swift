import AgentRouteWire

/// The counts of `usage`, OpenRouter's and other makers' additions included.
enum OpenAIChatUsage {
    /// What `usage` says.
    static func read(_ usage: JSONNode) -> Usage {
        var counts = Usage()
        counts.input = usage["prompt_tokens"]?.int
        counts.output = usage["completion_tokens"]?.int
        let prompt = usage["prompt_tokens_details"]
        // DeepSeek, Moonshot and vLLM have names of their own; other gateways keep Anthropic's.
        counts.cacheRead =
            (prompt?["cached_tokens"] ?? usage["prompt_cache_hit_tokens"]
            ?? usage["cached_tokens"] ?? usage["cache_read_input_tokens"])?.int
        counts.cacheWrite =
            (prompt?["cache_write_tokens"] ?? prompt?["cache_creation_tokens"]
            ?? prompt?["created_cache_tokens"] ?? usage["cache_creation_input_tokens"])?.int
        counts.reasoning = usage["completion_tokens_details"]?["reasoning_tokens"]?.int
        counts.inputAudio = prompt?["audio_tokens"]?.int
        counts.outputAudio = usage["completion_tokens_details"]?["audio_tokens"]?.int
        counts.cost = usage["cost"]?.number
        return counts
    }

    /// `usage` as a client gets it.
    static func value(_ usage: Usage) -> JSONValue {
        let input = usage.input ?? 0
        let output = usage.output ?? 0
        var prompt = ObjectWriter()
        prompt.add("cached_tokens", usage.cacheRead ?? 0)
        prompt.add("cache_write_tokens", usage.cacheWrite)
        prompt.add("audio_tokens", usage.inputAudio)
        var completion = ObjectWriter()
        completion.add("reasoning_tokens", usage.reasoning ?? 0)
        completion.add("audio_tokens", usage.outputAudio)
        var counts = ObjectWriter()
        counts.add("prompt_tokens", input)
        counts.add("completion_tokens", output)
        counts.add("total_tokens", input.addingReportingOverflow(output).partialValue)
        counts.add("prompt_tokens_details", prompt.value)
        counts.add("completion_tokens_details", completion.value)
        counts.add("cost", usage.cost)
        return counts.value
    }
}
