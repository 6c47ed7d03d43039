import AgentRouteWire

// Items of the output.
extension OpenAIResponsesDecoder {
    /// A new item.
    mutating func readItem(_ node: JSONNode, to sink: (StreamEvent) -> Void) {
        let index = place(ofNewItem: node)
        newest = index
        if let id = node["item"]?["id"]?.string { placesByID[id] = index }
        // An index used again is another item.
        items[index] = Item()
        if textItem == index { textItem = nil }
        guard let item = node["item"], Self.isCall(item), item["name"]?.isString == true else {
            return sink(.alive)
        }
        announce(item, at: index, to: sink)
    }

    /// Where a new item is kept. Some providers give all their items the same index.
    private mutating func place(ofNewItem node: JSONNode) -> Int {
        let next = (items.keys.max() ?? -1) &+ 1
        guard let index = node["output_index"]?.int else { return next }
        if let other = items[index], let callID = other.callID, !other.isEnded,
            node["item"]?["call_id"]?.string != callID
        {
            sharesIndexes = true
        }
        return sharesIndexes ? next : index
    }

    /// The end of an item: what has not been given before is given now.
    mutating func readItemDone(_ node: JSONNode, to sink: (StreamEvent) -> Void) {
        guard let item = node["item"] else { return sink(.alive) }
        let index = index(node)
        if Self.isCall(item) {
            endCall(item, at: place(ofCall: item) ?? index, to: sink)
        } else if item["type"]?.equals("message") == true {
            var part = 0
            item["content"]?.eachElement { content in
                endPart(content, at: Place(item: index, part: part), to: sink)
                part += 1
            }
            if under?.item == index { end(seal: nil, to: sink) }
        } else if item["type"]?.equals("reasoning") == true {
            let isGiven = items[index]?.parts.isEmpty == false
            giveReasoning(item.value, at: index, isGiven: isGiven, to: sink)
        } else {
            give(item.value, at: index, to: sink)
        }
    }

    /// Gives what the last event's `output` holds and no earlier event did.
    ///
    /// - Parameter isCut: The answer is incomplete: a call without its own end is, too.
    mutating func giveMissing(
        _ output: JSONNode?, isCut: Bool, to sink: (StreamEvent) -> Void
    ) {
        let lacksText = !saysText
        let lacksThoughts = !saysThoughts
        output?.eachElement { item in
            let next = (items.keys.max() ?? -1) &+ 1
            if Self.isCall(item) {
                let id = item["call_id"]?.string ?? item["id"]?.string
                let place = items.first { $0.value.callID == id }?.key ?? next
                endCall(item, at: place, to: sink)
            } else if item["type"]?.equals("message") == true {
                if lacksText { give(item.value, at: next, to: sink) }
            } else if item["type"]?.equals("reasoning") == true {
                if lacksThoughts { give(item.value, at: next, to: sink) }
            } else {
                give(item.value, at: next, to: sink)
            }
        }
        if isCut { return }
        for (index, item) in items.sorted(by: { $0.key < $1.key }) {
            if item.callID != nil, !item.isEnded, let input = item.input {
                items[index]?.isEnded = true
                sink(.toolCallEnd(key: index, arguments: input))
            }
        }
    }

    /// Gives a whole item.
    mutating func give(_ item: JSONValue, at index: Int, to sink: (StreamEvent) -> Void) {
        switch item["type"]?.string {
        case "message":
            for (part, content) in (item["content"]?.array ?? []).enumerated() {
                begin(Place(item: index, part: part), to: sink)
                givePart(content, to: sink)
            }
            end(seal: nil, to: sink)
        case "reasoning": giveReasoning(item, at: index, isGiven: false, to: sink)
        case "function_call", "custom_tool_call": giveCall(item, at: index, to: sink)
        case let type?:
            if let id = item["id"]?.string, !opaque.insert(id).inserted { return }
            let isPicture = type == OpenAIPicture.type
            sink(
                .opaque(
                    isPicture
                        ? OpenAIPicture.block(item)
                        : OpaqueBlock(family: .openAI, type: type, value: item)))
        case nil: break
        }
    }

    // MARK: Reasoning

    /// The end of a reasoning item. What the provider can read again, its encrypted or its open
    /// content, is sealed with the item; a summary alone is for people.
    private mutating func giveReasoning(
        _ item: JSONValue, at index: Int, isGiven: Bool, to sink: (StreamEvent) -> Void
    ) {
        let content = Self.texts(item["content"])
        if !isGiven {
            let summary = Self.texts(item["summary"])
            let texts = summary.isEmpty ? content : summary
            if !texts.isEmpty {
                begin(Place(item: index, part: 0, isThought: true), to: sink)
                sink(.reasoning(texts.joined(separator: "\n\n")))
            }
        }
        saysThoughts = true
        let isReadable = item["encrypted_content"]?.string?.isEmpty == false || !content.isEmpty
        let seal: JSONValue = ["item": item]
        end(seal: isReadable ? .some(seal) : .none, to: sink)
    }

    private static func texts(_ parts: JSONValue?) -> [String] {
        (parts?.array ?? []).compactMap { $0["text"]?.string }.filter { !$0.isEmpty }
    }

    // MARK: Calls

    private static func isCall(_ item: JSONNode) -> Bool {
        item["type"]?.equals("function_call") == true
            || item["type"]?.equals("custom_tool_call") == true
    }

    /// The input of a call or of its event; nil if there is none. Objects are taken for their text.
    static func input(of node: JSONNode) -> String? {
        guard let input = node["arguments"] ?? node["input"], !input.isEmptyString else {
            return nil
        }
        return input.string ?? String(decoding: input.value.serialized(), as: UTF8.self)
    }

    /// Where the open call is kept that has the name of this one.
    private func place(ofCall item: JSONNode) -> Int? {
        guard sharesIndexes, let id = item["call_id"]?.string else { return nil }
        return items.first { $0.value.callID == id && !$0.value.isEnded }?.key
    }

    /// The beginning of a call.
    private mutating func announce(
        _ item: JSONNode, at index: Int, to sink: (StreamEvent) -> Void
    ) {
        let id = item["call_id"]?.string ?? item["id"]?.string ?? ""
        items[index, default: Item()].callID = id
        sink(.toolCall(key: index, id: id, name: item["name"]?.string, arguments: nil))
    }

    /// The end of a call, unless it was cut short: then it must never run.
    private mutating func endCall(
        _ item: JSONNode, at index: Int, to sink: (StreamEvent) -> Void
    ) {
        if items[index]?.callID == nil { announce(item, at: index, to: sink) }
        guard items[index]?.isEnded == false else { return }
        if item["status"]?.equals("incomplete") == true {
            items[index]?.input = nil
            return
        }
        items[index]?.isEnded = true
        sink(.toolCallEnd(key: index, arguments: Self.input(of: item) ?? items[index]?.input))
    }

    private mutating func giveCall(
        _ item: JSONValue, at index: Int, to sink: (StreamEvent) -> Void
    ) {
        let id = item["call_id"]?.string ?? item["id"]?.string ?? ""
        items[index, default: Item()].callID = id
        let input = item["arguments"] ?? item["input"]
        let text = input.map { $0.string ?? String(decoding: $0.serialized(), as: UTF8.self) }
        sink(.toolCall(key: index, id: id, name: item["name"]?.string, arguments: text))
        if item["status"] != "incomplete" { sink(.toolCallEnd(key: index, arguments: nil)) }
    }
}
