"""Bytes of a text file to characters: by mark, by declaration, as UTF-8, and only then by a guess that is shown as one.

UTF-16 is never guessed: a 10 MB Windows-1252 file decodes as UTF-16 without any error, into rubbish (trust.md, F14).
"""

import codecs

import charset_normalizer

from webapp.events.refusals import MixedEncoding, NulBytes, Refused, UnreadableEncoding

ENCODINGS = (
    *("utf-8", "windows-1252", "iso-8859-15", "macintosh", "windows-1250", "iso-8859-2", "windows-1251", "koi8-r"),
    *("windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258", "ibm850"),
    *("shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"),
)
"""What an organizer may declare. UTF-16 and UTF-32 are recognised by their byte-order mark alone."""

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MULTIBYTE = {"utf-8", "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"}
_CANDIDATES = {codecs.lookup(name).name.replace("-", "_"): name for name in ENCODINGS if name not in _MULTIBYTE}
_USUAL = "cp1252"
_SAMPLE_BYTES = 65_536
# Far beyond the guests one list may have; a file of accents and line breaks alone has six million lines.
_LOOKED_AT = 50_000


def decode(content: bytes, declared: str | None) -> tuple[str, str, bool]:
    """(text, name of its encoding, whether that was guessed). A byte-order mark is stronger than a declaration.

    Raises Refused with UnreadableEncoding, MixedEncoding or NulBytes.
    """
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    if not marked:
        _refuse_nul(content)
    text, encoding, guessed = _decode(content, marked, declared)
    if "\x00" in text:
        _refuse_nul(text.encode())
    return text, encoding.removesuffix("-sig"), guessed


def _decode(content: bytes, marked: str | None, declared: str | None) -> tuple[str, str, bool]:
    if marked:
        return _as(content, marked), marked, False
    if declared and declared not in ENCODINGS:
        raise Refused(UnreadableEncoding(declared))
    if declared:
        return _as(content, declared), declared, False
    if (text := _utf8(content)) is not None:
        return text, "utf-8", False
    _refuse_mixture(content)
    guess = _guess(content)
    return _as(content, guess), guess, True


def _as(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused(UnreadableEncoding(encoding.removesuffix("-sig"))) from None


def _utf8(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _refuse_nul(content: bytes) -> None:
    at = content.find(b"\x00")
    if at >= 0:
        raise Refused(NulBytes(1 + max(content.count(b"\n", 0, at), content.count(b"\r", 0, at))))


def _accented(content: bytes) -> list[tuple[int, bytes]]:
    """The lines that are not plain ASCII, with their numbers: the only ones that tell encodings apart."""
    ending = b"\n" if b"\n" in content else b"\r"
    lines = content.split(ending, _LOOKED_AT)[:_LOOKED_AT]
    return [(number, line) for number, line in enumerate(lines, 1) if not line.isascii()]


def _refuse_mixture(content: bytes) -> None:
    """A list glued from two exports: what is right for one half is wrong for names in the other."""
    kinds: dict[bool, list[int]] = {True: [], False: []}
    for number, line in _accented(content):
        kinds[_utf8(line) is not None].append(number)
    if all(kinds.values()):
        raise Refused(MixedEncoding(min(kinds.values(), key=len)[0]))


def _guess(content: bytes) -> str:
    """Among the likely single-byte encodings the one that reads most as letters; Windows-1252 before its equals."""
    sample = b"\n".join(line for _, line in _accented(content))[:_SAMPLE_BYTES]
    found = charset_normalizer.from_bytes(sample, cp_isolation=list(_CANDIDATES), enable_fallback=False)
    likely = [name for match in found for name in (match.encoding, *match.could_be_from_charset)]
    if not likely:
        raise Refused(UnreadableEncoding(""))
    # Short lists of names leave several Latin code pages level, and the library then answers by the alphabet.
    likely.sort(key=lambda name: name != _USUAL)
    return _CANDIDATES[min(likely, key=lambda name: _oddities(sample, name))]


def _oddities(sample: bytes, encoding: str) -> int:
    """How many characters beyond ASCII are no letters in this reading: ³ for ł, ¿ for ż."""
    return sum(not sign.isascii() and not sign.isalpha() for sign in sample.decode(encoding))
