"""How often one person may scan: a wrong code costs three times a right one (trust.md 5.4)."""

from uuid import UUID

from webapp.checkin.scans import TypedCode
from webapp.swaps.codes import Code
from webapp.swaps.verdicts import NoSwap, ScanVerdict
from webapp.web.limits import allowed, is_spent, spend


def count_scan(person_id: UUID, code: Code | None) -> None:
    """Count a scan before it is looked at. Raises TooMany."""
    spend("badge scan", person_id)
    if isinstance(code, TypedCode) and is_spent("typed code", person_id):
        spend("typed code", person_id)


def may_tell(person_id: UUID, code: Code | None) -> bool:
    """Count a scan that waited on a phone; False when it is one too many. Many come at once, so they count apart."""
    closed = isinstance(code, TypedCode) and is_spent("typed code", person_id)
    return not closed and allowed("scan told later", person_id)


def count_told(person_id: UUID, code: Code | None, verdict: ScanVerdict) -> None:
    """As `count_verdict`, for a scan that waited."""
    _count_nothing("scan told later", person_id, code, verdict)


def count_verdict(person_id: UUID, code: Code | None, verdict: ScanVerdict) -> None:
    """Count twice more what came to nothing, for whatever reason; five wrong typed codes close typing for a while."""
    _count_nothing("badge scan", person_id, code, verdict)


def _count_nothing(limit: str, person_id: UUID, code: Code | None, verdict: ScanVerdict) -> None:
    if not isinstance(verdict, NoSwap):
        return
    for _time in range(2):
        allowed(limit, person_id)
    if isinstance(code, TypedCode):
        allowed("typed code", person_id)
