import AgentRouteWire

// Text and thoughts.
extension OpenAIResponsesDecoder {
    /// The item that an event is about.
    func index(_ node: JSONNode) -> Int {
        guard sharesIndexes else { return node["output_index"]?.int ?? newest }
        let id = (node["item_id"] ?? node["item"]?["id"])?.string
        return id.flatMap { placesByID[$0] } ?? newest
    }

    // MARK: Text

    /// A piece of text or of a refusal.
    mutating func readDelta(
        _ node: JSONNode, to sink: (StreamEvent) -> Void, _ event: (String) -> StreamEvent
    ) {
        guard let delta = node["delta"]?.string, !delta.isEmpty else { return }
        begin(Place(item: index(node), part: node["content_index"]?.int ?? 0), to: sink)
        saysText = true
        sink(event(delta))
    }

    /// The whole of it, for providers that send no pieces.
    mutating func readDone(
        _ whole: JSONNode?, _ node: JSONNode, to sink: (StreamEvent) -> Void,
        _ event: (String) -> StreamEvent
    ) {
        let place = Place(item: index(node), part: node["content_index"]?.int ?? 0)
        guard items[place.item]?.parts.contains(place.part) != true,
            let text = whole?.string, !text.isEmpty
        else { return }
        begin(place, to: sink)
        saysText = true
        sink(event(text))
    }

    /// A source of the text.
    mutating func readAnnotation(_ node: JSONNode, to sink: (StreamEvent) -> Void) {
        guard let citation = node["annotation"].flatMap({ Self.citation($0.value) }) else { return }
        let place = Place(item: index(node), part: node["content_index"]?.int ?? 0)
        let isEarly = items[place.item]?.parts.contains(place.part) != true
        // It is for a text that has not begun, and not for the one under way.
        if isEarly, let under, under != place, !under.isThought { end(seal: nil, to: sink) }
        items[place.item, default: Item()].isCited = true
        sink(.citation(citation))
    }

    /// The end of a part of a message; parts of reasoning items end with the item.
    mutating func readPart(_ node: JSONNode, to sink: (StreamEvent) -> Void) {
        guard let part = node["part"],
            part["type"]?.equals("output_text") == true || part["type"]?.equals("refusal") == true
        else { return }
        let place = Place(item: index(node), part: node["content_index"]?.int ?? 0)
        endPart(part, at: place, to: sink)
    }

    /// Gives what of `part` has not been given, and ends it.
    mutating func endPart(_ part: JSONNode, at place: Place, to sink: (StreamEvent) -> Void) {
        if items[place.item]?.parts.contains(place.part) != true {
            if part["text"]?.isEmptyString == false || part["refusal"]?.isEmptyString == false {
                begin(place, to: sink)
                givePart(part.value, to: sink)
            }
        } else if under == place, items[place.item]?.isCited != true {
            part["annotations"]?.eachElement { annotation in
                if let citation = Self.citation(annotation.value) { sink(.citation(citation)) }
            }
        }
        if under == place { end(seal: nil, to: sink) }
    }

    /// Gives a whole part of a message.
    mutating func givePart(_ part: JSONValue, to sink: (StreamEvent) -> Void) {
        saysText = true
        if let refusal = part["refusal"]?.string { return sink(.refusal(refusal)) }
        guard let text = part["text"]?.string, !text.isEmpty else { return }
        sink(.text(text))
        for annotation in part["annotations"]?.array ?? [] {
            if let citation = Self.citation(annotation) { sink(.citation(citation)) }
        }
    }

    /// A page that is cited; files of the provider's have no address.
    private static func citation(_ value: JSONValue) -> Citation? {
        guard value.object != nil else { return nil }
        let url = value["url"]?.string ?? ""
        var citation = Citation(url: url, title: value["title"]?.string)
        if let start = value["start_index"]?.int, let end = value["end_index"]?.int, start <= end {
            citation.range = start..<end
        }
        return citation
    }

    // MARK: Thoughts

    /// A piece of thoughts. Parts of one item are paragraphs of one block.
    mutating func readThought(
        _ piece: JSONNode?, _ node: JSONNode, isSummary: Bool, to sink: (StreamEvent) -> Void
    ) {
        guard let text = piece?.string, !text.isEmpty else { return }
        let part = node[isSummary ? "summary_index" : "content_index"]?.int ?? 0
        let place = Place(item: index(node), part: part, isThought: true)
        if under != place {
            if items[place.item]?.hasSummary ?? isSummary != isSummary { return }
            let goesOn = items[place.item]?.parts.isEmpty == false
            begin(place, to: sink)
            items[place.item]?.hasSummary = isSummary
            if goesOn { sink(.reasoning("\n\n")) }
        } else if items[place.item]?.hasSummary != isSummary {
            return
        }
        saysThoughts = true
        sink(.reasoning(text))
    }

    /// The whole of a part of them, for providers that send no pieces.
    mutating func readThoughtDone(
        _ node: JSONNode, isSummary: Bool, to sink: (StreamEvent) -> Void
    ) {
        let part = node[isSummary ? "summary_index" : "content_index"]?.int ?? 0
        guard items[index(node)]?.parts.contains(part) != true else { return }
        readThought(node["text"], node, isSummary: isSummary, to: sink)
    }

    // MARK: Blocks

    /// Makes `place` the one under way.
    mutating func begin(_ place: Place, to sink: (StreamEvent) -> Void) {
        if under == place { return }
        if let other = under {
            let isSameThought = other.isThought && place.isThought && other.item == place.item
            if !isSameThought { sink(.blockEnd(seal: nil)) }
        }
        if !place.isThought {
            // A message of its own.
            if saysText, textItem != place.item { sink(.separation) }
            textItem = place.item
        }
        under = place
        newest = place.item
        items[place.item, default: Item()].parts.insert(place.part)
    }

    /// Ends what is under way, or seals thoughts that were never shown.
    mutating func end(seal: JSONValue?, to sink: (StreamEvent) -> Void) {
        if under != nil || seal != nil { sink(.blockEnd(seal: seal)) }
        under = nil
    }
}
