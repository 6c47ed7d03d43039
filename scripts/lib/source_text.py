"""What the checks share: which files are ours, and source text without comments and strings."""
import os
import re

VENDORED = ("CSources/CAgentRouteLLHTTP/llhttp", "CSources/CAgentRouteYYJSON/yyjson")
GENERATED = re.compile(r"CSources/\w+/include/\w+Rename\.h$")
SKIPPED_FOLDERS = {".git", "Fixtures", "__pycache__"}


def our_files(root, folders=(".",)):
    """Yields the paths, relative to `root`, of our own files, sorted."""
    for folder in folders:
        for parent, children, names in os.walk(os.path.join(root, folder)):
            relative = os.path.normpath(os.path.relpath(parent, root))
            children[:] = sorted(
                child for child in children
                if child not in SKIPPED_FOLDERS and not child.startswith(".build")
                and os.path.normpath(os.path.join(relative, child)) not in VENDORED)
            for name in sorted(names):
                path = os.path.normpath(os.path.join(relative, name))
                if not GENERATED.search(path):
                    yield path


def read(root, path):
    """The text of a file; None when it is not text."""
    try:
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError:
        return None


def swift_code(text):
    """Swift with comments and string contents blanked; lines and columns stay where they are."""
    out = list(text)
    _swift_code(text, out, 0, stop_at_parenthesis=False)
    return "".join(out)


def c_code(text):
    """C with comments and string and character contents blanked; lines and columns stay."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


_OPENING = re.compile(r'(#*)("""|")')


def _blank(out, start, end):
    for index in range(start, end):
        if out[index] != "\n":
            out[index] = " "


def _swift_code(text, out, at, stop_at_parenthesis):
    """Blanks from `at` on; inside an interpolation it ends behind the closing parenthesis."""
    depth = 0
    while at < len(text):
        opening = _OPENING.match(text, at)
        if opening:
            at = _swift_string(text, out, at, opening)
        elif text.startswith("//", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            _blank(out, at, end)
            at = end
        elif text.startswith("/*", at):
            end = _comment_end(text, at)
            _blank(out, at, end)
            at = end
        else:
            if text[at] == "(":
                depth += 1
            elif text[at] == ")":
                if stop_at_parenthesis and depth == 0:
                    return at + 1
                depth -= 1
            at += 1
    return at


def _comment_end(text, at):
    """Swift's block comments nest."""
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(text, at):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(text)


def _swift_string(text, out, at, opening):
    hashes, quote = opening.groups()
    closing, escape = quote + hashes, "\\" + hashes
    start = at = opening.end()
    while at < len(text):
        if text.startswith(closing, at) or (quote == '"' and text[at] == "\n"):
            _blank(out, start, at)
            return at + (len(closing) if text[at] != "\n" else 0)
        if text.startswith(escape + "(", at):
            _blank(out, start, at)
            start = at = _swift_code(text, out, at + len(escape) + 1, stop_at_parenthesis=True)
        elif text.startswith(escape, at):
            at += len(escape) + 1
        else:
            at += 1
    _blank(out, start, len(text))
    return len(text)
