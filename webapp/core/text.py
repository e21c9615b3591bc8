"""Text that people typed: one clean line of it, a key to find it by, what they would call its
first character, and codes that people type."""

import re
import unicodedata
from functools import lru_cache

LIKE_ESCAPE = "\\"
"""For `column.like(like_pattern(key), escape=LIKE_ESCAPE)`."""

# Letters that Unicode does not take apart, as people without that key type them.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t", "ĸ": "k"}
)
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘‛`´ʼʻʽʾʿ′＇"))
_BREAKS = re.compile(r"[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
# Controls, bidi controls, blanks that show nothing, language tags, halves of characters; joiners are looked at apart.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_JOINERS = "\u200c\u200d"
_JOINER = re.compile(f"[{_JOINERS}]")
_LOOSE_END = re.compile(rf"[\s{_JOINERS}]+\Z")
# Persian, Kurdish, Urdu and the scripts of India to Cambodia spell with joiners; emoji families are glued by them.
_JOINED = re.compile("[\u0600-\u08ff\u0900-\u0dff\u0e80-\u0fff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
_PICTURE = re.compile("[\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]")
_ZWJ = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def clean_line(text: str, max_length: int) -> str:
    """One visible line, at most `max_length` characters, composed (NFC); what was typed is otherwise kept as typed.

    Line breaks and tabs become one space. Controls, bidi controls and zero-width signs go, so that no text can turn the
    text beside it around or hide in it; joiners stay where Persian, Indic scripts or emoji need them.
    """
    visible = unicodedata.normalize("NFC", _UNSEEN.sub("", _BREAKS.sub(" ", text)))
    # Composed again: a joiner that goes may have kept a letter and its accent apart.
    line = unicodedata.normalize("NFC", _without_stray_joiners(visible))
    return _cut(line.strip(), max_length)


def _without_stray_joiners(line: str) -> str:
    """`line` with only the joiners that stand between two characters they can join."""
    return _JOINER.sub(lambda found: found[0] if _joins(line, found.start()) else "", line)


def _joins(line: str, at: int) -> bool:
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    return any(script.match(before) and script.match(after) for script in (_JOINED, _PICTURE))


def _cut(line: str, max_length: int) -> str:
    """The first characters of `line`; an accent or a joined picture is left out whole rather than cut in two."""
    end = min(max_length, len(line))
    while 0 < end < len(line) and _continues(line[end - 1], line[end]):
        end -= 1
    return _LOOSE_END.sub("", line[:end]) if end < len(line) else line


def _continues(before: str, character: str) -> bool:
    """Whether `character` belongs to the one before it in the eyes of a reader."""
    return (
        before == _ZWJ
        or character in _JOINERS
        or ord(character) in _SKIN_TONES
        or unicodedata.category(character).startswith("M")
    )


def first_grapheme(text: str) -> str:
    """What a reader calls the first character: a letter with its accents, a whole emoji, a flag; "" of nothing."""
    end = 1
    if len(text) > 1 and ord(text[0]) in _FLAG_LETTERS and ord(text[1]) in _FLAG_LETTERS:
        end = 2
    while end < len(text) and _continues(text[end - 1], text[end]):
        end += 1
    return text[:end]


def search_key(text: str) -> str:
    """One key for all that a hurried person may type for `text`: no case, no accents, no punctuation, single spaces.

    "Søren O’Neil-Šmíd" gives "soren oneil smid". Apostrophes vanish, other punctuation parts words, symbols such as
    emoji stay. Idempotent; stored keys and typed queries go through it alike (stack.md, row "Search").
    """
    plain = _decomposed(_decomposed(text.translate(_APOSTROPHES)).casefold()).translate(_PLAIN)
    return " ".join("".join(map(_folded, plain)).translate(_APOSTROPHES).split())


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


@lru_cache(maxsize=4096)  # an alphabet or two: a list of 5,000 guests asks a million times
def _folded(character: str) -> str:
    """`character` of a key: marks and unseen signs are nothing, punctuation and blanks part words."""
    match unicodedata.category(character)[0]:
        case "M":
            return ""
        case "P" | "Z":
            return " "
        case "C":
            return " " if character.isspace() else ""
        case _:
            return character


def like_pattern(key: str) -> str:
    """A LIKE pattern that finds `key` anywhere, taken literally: `%`, `_` and the escape itself mean themselves."""
    for sign in (LIKE_ESCAPE, "%", "_"):
        key = key.replace(sign, LIKE_ESCAPE + sign)
    return f"%{key}%"


def grouped(code: str) -> str:
    """A code to type in groups of four, as people read it aloud: the same on paper and on a phone."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
