extension Media {
    /// The tokens of a picture by Anthropic's vision guide: its pixels by 750, and about 1600 at
    /// most. 1000 if its size is not known; OpenAI's `low` is 85.
    var pictureTokens: Double {
        if detail == "low" { return 85 }
        guard case .base64(let data) = source, let size = PictureSize(base64: data) else {
            return 1000
        }
        let pixels = Double(size.width) * Double(size.height)
        return min(max(pixels / 750, 1), 1600)
    }

    /// The tokens of a file by its size: for a PDF, whose pages are text and pictures, a page of
    /// 50 KB is 2000 or so; for text four bytes are one. 3000 if it is elsewhere.
    var documentTokens: Double {
        guard let byteCount else { return 3000 }
        let isText = mediaType?.hasPrefix("text/") == true
        return isText ? byteCount / 4 : 1500 + byteCount / 32
    }

    /// The tokens of a sound or a film by its size: Gemini's 32 for a second of sound at 128
    /// kbit/s. 1500 if it is elsewhere.
    var recordingTokens: Double {
        byteCount.map { 10 + $0 / 500 } ?? 1500
    }

    /// How many bytes it has, if it is here.
    private var byteCount: Double? {
        switch source {
        case .base64(let data): Double(data.utf8.count) * 0.75
        case .text(let words): Double(words.utf8.count)
        case .url, .fileID, .blocks: nil
        }
    }
}
