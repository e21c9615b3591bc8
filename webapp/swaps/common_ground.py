"""What two people could talk about, read off their cards: an offer that meets a wish, and what both like to be asked.

Words are compared, nothing is guessed: where no word is shared there is nothing to say (practices D10), and what either
of the two would rather not talk about is never suggested (practices C25).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

MOST = 3
"""Topics suggested at a time: an opening, not a list."""

_SHORTEST = 2
_IDEOGRAPHS = re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{2,}")
_WRITTEN_TOGETHER = re.compile("[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_ARTICLE, _PLURAL, _LONG_ENOUGH = "ال", "s", 5
"""What a word may begin or end with and still be the same one, if enough of it is left."""

_SAY_NOTHING = frozenset(
    # What people write around a topic, in the languages we expect; a word of one is none in another often enough.
    """
    a about after all also always am an and any anybody anyone anything are around as at be because been before being
    best better but by can chat come could do does doing don else ever every everyone everything few find finding first
    for from get getting give go good great happy has have he help helping her here him his how i if in into is it its
    just kind know knowing learn learning like little ll long look looking lot love make making many maybe me meet
    meeting more most much my need needs never new nice no not nothing of off often old on one only open or other our
    out over own people person please re really right s she so some somebody someone something soon still such t take
    talk talking teach teaching than thank that the their them then there these they thing things think this those to
    together too try two up us use very want wants was way we well were what when where which who whom whose why will
    with within without work working would year years you your
    als am auch auf aus bei bin bis das dass dein dem den der des die dich dir doch du durch ein eine einem einen einer
    eines er es etwas für gerne gut haben helfe helfen hilfe ich ihr ihre im in ins ist jemand jemanden kann kein keine
    können man mein meine mich mir mit nach nicht noch nur oder ohne sehr sich sie sind suche suchen über um und uns
    unser von vor war was wenn wer wie wir wird zu zum zur
    au aux avec avoir besoin bien ce ces cette chez cherche comme dans de des du elle en est et être faire il ils je la
    le les leur lui ma mais mes moi mon ne nos notre nous ont ou par pas peu plus pour puis quel quelqu qu que qui sa
    sans se ses si son sont sur ta te toi ton tout tous très tu un une vos votre vous
    al algo alguien aqui ayuda ayudar bem buen bueno busco com como con cosas da das de del do dos el ella em en es esta
    este está eu fazer gente ha hacer la las le lo los mais mas me mi mis mucho muy na nas nem no nos nosotros o os para
    pero pessoas pode poder por puedo que quem quien se sem ser si sin sobre son soy su sua sus também también te tem
    ter todo todos tu um uma un una unas uno unos y ya yo
    al alla anche che chi ci cose cui dal dei del della delle di e fare gli ha ho i il io la le lo ma mi nel nella
    non per più posso qualcuno se sono su sul ti tra tutti un una uno vi
    aan als bij dan dat de deze die dit door een en er ik iemand in is je kan maar me met mijn na naar niet nog of om
    ook op over te tot uit van veel voor wat we wel wie wij ze zijn zoek
    """.split()
)


@dataclass(frozen=True)
class Topics:
    """What stands on one side's card, as far as the one who looks may read it; `not_about` is always heeded."""

    ask_me_about: str = ""
    can_help_with: str = ""
    looking_for: str = ""
    not_about: str = ""


@dataclass(frozen=True)
class CommonGround:
    """Words to begin with, as they were typed: where one could help the other, and what both like to be asked."""

    help_with: tuple[str, ...] = ()
    both_said: tuple[str, ...] = ()


NONE = CommonGround()


def common_ground(mine: Topics, theirs: Topics) -> CommonGround:
    """What these two have to say to each other. The same for both when both see the same."""
    unwanted = _words(f"{mine.not_about} {theirs.not_about}")
    offers = [*_shared(mine.looking_for, theirs.can_help_with), *_shared(theirs.looking_for, mine.can_help_with)]
    asked = _shared(mine.ask_me_about, theirs.ask_me_about)
    return CommonGround(_wanted(offers, unwanted), _wanted(asked, unwanted))


def is_unwanted(topic: str, not_about: str) -> bool:
    """Whether to begin with this would touch what somebody would rather not talk about."""
    unwanted = _words(not_about)
    return any(_about(key, other) for key in _words(topic) for other in unwanted)


def words_in(text: str) -> frozenset[str]:
    """The words of this text by which it can meet another, in the form in which they are compared."""
    return frozenset(_words(text))


def _wanted(shared: Iterable[tuple[str, str]], unwanted: dict[str, str]) -> tuple[str, ...]:
    """The first of these topics, each once, without what one of the two would rather not talk about."""
    heeded = {key: typed for key, typed in shared if not any(_about(key, other) for other in unwanted)}
    return tuple(list(heeded.values())[:MOST])


def _about(key: str, unwanted: str) -> bool:
    """Whether a topic is the unwanted one, or holds it: "stepchildren" says "children" too."""
    return unwanted in key or key in unwanted


def _shared(wish: str, offer: str) -> list[tuple[str, str]]:
    """Words both texts hold, (key, as typed in the second) in its order; ideographs that follow each other as one."""
    wished, offered = _words(wish), _words(offer)
    found: list[tuple[str, str]] = []
    for key, typed in ((key, typed) for key, typed in offered.items() if key in wished):
        if found and _IDEOGRAPHS.fullmatch(found[-1][0] + key) and found[-1][0][-1] == key[0]:
            found[-1] = (found[-1][0] + key[1:], found[-1][1] + typed[1:])
        else:
            found.append((key, typed))
    return found


def _words(text: str) -> dict[str, str]:
    """Words that mean something by themselves, key → as typed, in the order of the text."""
    found: dict[str, str] = {}
    for word in _parted(unicodedata.normalize("NFC", text)):
        together = _WRITTEN_TOGETHER.findall(word)
        for part in [typed for run in together for typed in _of_a_run(run)] or ([] if together else [word]):
            found.setdefault(_key(part), part)
    said = {key: typed for key, typed in found.items() if typed.casefold() not in _SAY_NOTHING}
    return {key: typed for key, typed in said.items() if len(key) >= _SHORTEST and key not in _SAY_NOTHING}


def _parted(text: str) -> list[str]:
    """The text in runs of letters with their marks, and digits."""
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in text).split()


def _of_a_run(run: str) -> Iterator[str]:
    """Of Chinese and Japanese, which part no words: each two ideographs side by side, and katakana words."""
    for signs in _IDEOGRAPHS.findall(run):
        yield from (first + second for first, second in pairwise(signs))
    yield from _KATAKANA.findall(run)


def _key(word: str) -> str:
    key = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word).casefold())
    return key.removeprefix(_ARTICLE).removesuffix(_PLURAL) if len(key) >= _LONG_ENOUGH else key
