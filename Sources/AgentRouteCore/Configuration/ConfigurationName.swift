/// The rule for the names of providers and profiles, which are keys of the configuration and names of
/// files too.
enum ConfigurationName {
    /// What is wrong with `name`, as the end of the sentence "the name ..."; nil if nothing is.
    static func fault(in name: String) -> String? {
        let wellFormed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if wellFormed, !name.isEmpty, !name.hasPrefix(".") { return nil }
        return "is no name: letters, digits, \".\", \"_\" and \"-\", not beginning with a dot"
    }
}
