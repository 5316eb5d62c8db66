"""What the lints share: the files of the repository and C++ text without comments and literals."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = ("core", "policies", "storage", "net", "bench", "tests")


def files(*suffixes):
    """Tracked files, and new ones that git does not ignore, as sorted paths relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    found = sorted({name for name in listed if name and (not suffixes or name.endswith(suffixes))})
    return [name for name in found if (ROOT / name).is_file()]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


_SKIPPED = re.compile(
    r'R"(?P<tag>[^\s()\\]{0,16})\(.*?\)(?P=tag)"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'"  # a character, not a digit separator
    r"|//[^\n]*|/\*.*?\*/",
    re.S,
)


def code_only(text):
    """The text with comments blanked and literals emptied; offsets and lines stay."""

    def blank(match):
        found = match[0]
        quote = found[0] if found[0] in "\"'" else '"' if found[0] == "R" else ""
        inner = re.sub(r"[^\n]", " ", found)
        return quote + inner[1:-1] + quote if quote else inner

    return _SKIPPED.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
