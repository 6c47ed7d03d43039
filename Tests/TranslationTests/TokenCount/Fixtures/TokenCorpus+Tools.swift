extension TokenCorpus {
    static let tools: [Piece] = [
        Piece(
            kind: .tool, tokens: [131, 131, 134, 133, 138],
            text: #"""
                {"name":"read_file","description":"Reads a text file of the workspace and returns its lines, each with its number. A file of more than two thousand lines is cut: ask for a range instead. Pictures are returned as pictures.","parameters":{"type":"object","properties":{"path":{"type":"string","description":"The file, relative to the workspace."},"first_line":{"type":"integer","description":"The first line wanted; 1 if absent.","minimum":1},"line_count":{"type":"integer","description":"How many lines are wanted.","minimum":1,"maximum":2000}},"required":["path"],"additionalProperties":false}}
                """#),
        Piece(
            kind: .tool, tokens: [133, 134, 141, 133, 141],
            text: #"""
                {"name":"edit_file","description":"Replaces one passage of a file by another. The passage must occur exactly once, with its indentation; otherwise nothing is changed and the number of places is returned.","parameters":{"type":"object","properties":{"path":{"type":"string","description":"The file to be changed."},"old_text":{"type":"string","description":"The passage as it is now."},"new_text":{"type":"string","description":"What is to stand there."},"dry_run":{"type":"boolean","description":"Only say what would be changed.","default":false}},"required":["path","old_text","new_text"],"additionalProperties":false}}
                """#),
        Piece(
            kind: .tool, tokens: [155, 157, 160, 161, 166],
            text: #"""
                {"name":"run_command","description":"Runs a shell command in the workspace and returns what it wrote, its exit code and how long it took. Commands that ask questions or never end are stopped at the time limit. Do not use it to read or search files.","parameters":{"type":"object","properties":{"command":{"type":"string","description":"The command line, for bash."},"timeout_ms":{"type":"integer","description":"After how many milliseconds it is stopped.","minimum":100,"maximum":600000},"background":{"type":"boolean","description":"Return at once and keep it running."},"environment":{"type":"object","additionalProperties":{"type":"string"},"description":"Variables on top of the inherited ones."}},"required":["command"],"additionalProperties":false}}
                """#),
        Piece(
            kind: .tool, tokens: [145, 148, 152, 146, 158],
            text: #"""
                {"name":"search_text","description":"Searches the files of the workspace for a regular expression and returns the lines that match, by file. Ignored and binary files are skipped.","parameters":{"type":"object","properties":{"pattern":{"type":"string","description":"The expression, in the syntax of RE2."},"glob":{"type":"string","description":"Which files are searched, for example **/*.swift."},"ignore_case":{"type":"boolean"},"context_lines":{"type":"integer","description":"Lines shown before and after.","minimum":0,"maximum":10},"mode":{"type":"string","enum":["lines","files","count"],"description":"What is returned."}},"required":["pattern"],"additionalProperties":false}}
                """#),
        Piece(
            kind: .tool, tokens: [115, 116, 116, 115, 122],
            text: #"""
                {"name":"plan","description":"Keeps the list of steps that the person sees. Send the whole list each time; at most one step is in progress.","parameters":{"type":"object","properties":{"steps":{"type":"array","minItems":1,"items":{"type":"object","properties":{"title":{"type":"string","description":"What is done, in a few words."},"state":{"type":"string","enum":["open","in_progress","done","dropped"]}},"required":["title","state"]}}},"required":["steps"],"additionalProperties":false}}
                """#),
        Piece(
            kind: .tool, tokens: [112, 113, 115, 116, 120],
            text: #"""
                {"name":"fetch_page","description":"Fetches a page from the web and returns its text as Markdown. Redirects to other hosts are reported and not followed.","parameters":{"type":"object","properties":{"url":{"type":"string","format":"uri","description":"The address, https only."},"question":{"type":"string","description":"What is wanted of the page; the answer is kept short."},"max_bytes":{"type":"integer","description":"The most that is read.","default":200000}},"required":["url"],"additionalProperties":false}}
                """#),
        Piece(
            kind: .tool, tokens: [145, 148, 153, 149, 159],
            text: #"""
                {"name":"calendar_find_slot","description":"Finds times at which all people are free. Times are ISO 8601 with an offset.","parameters":{"type":"object","properties":{"people":{"type":"array","items":{"type":"string","format":"email"},"minItems":1},"minutes":{"type":"integer","description":"How long the meeting is.","minimum":15,"multipleOf":15},"between":{"type":"object","properties":{"start":{"type":"string","format":"date-time"},"end":{"type":"string","format":"date-time"}},"required":["start","end"]},"working_hours_only":{"type":"boolean","default":true}},"required":["people","minutes","between"],"additionalProperties":false}}
                """#),
        Piece(
            kind: .tool, tokens: [122, 126, 125, 124, 135],
            text: #"""
                {"name":"query_database","description":"Runs one SELECT against the reporting database, read only. At most 500 rows are returned.","parameters":{"type":"object","properties":{"sql":{"type":"string","description":"The statement, in the dialect of PostgreSQL."},"parameters":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"number"},{"type":"boolean"},{"type":"null"}]},"description":"Values of $1, $2 and so on."},"explain":{"type":"boolean","description":"Return the plan instead of rows."}},"required":["sql"],"additionalProperties":false}}
                """#),
    ]
}
