import AgentRouteWire

/// Pictures a provider has made, as the Responses wire has them and the family's codecs pass them on.
enum OpenAIPicture {
    /// The item's type.
    static let type = "image_generation_call"

    /// The block of `item`, an `image_generation_call`.
    static func block(_ item: JSONValue) -> OpaqueBlock {
        var block = OpaqueBlock(family: .openAI, type: type, value: item)
        if let data = item["result"]?.string, !data.isEmpty {
            let format = item["output_format"]?.string ?? "png"
            block.picture = Media(.base64(data), mediaType: "image/\(format)")
        }
        return block
    }

    /// The block of a picture that came without an item; nil if its bytes are not here.
    static func block(_ picture: Media) -> OpaqueBlock? {
        guard case .base64(let data) = picture.source else { return nil }
        var item = ObjectWriter()
        item.add("type", type)
        item.add("status", "completed")
        item.add("result", data)
        let format = picture.mediaType?.split(separator: "/").last.map(String.init)
        if let format, format != "png" { item.add("output_format", format) }
        return block(item.value)
    }
}
