"""Sixty texts that would like to be something else: markup, addresses, formulas, headers, directions. S-05.

Each that can become an element or attribute somewhere calls it `x-poison` or `onpoison`, so that finding one is proof.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

SIGN = "x-poison"
HANDLER = "onpoison"

MARKUP = (
    f"<{SIGN}>",
    f"</p><{SIGN}>",
    f"</title><{SIGN}>",
    f"</textarea><{SIGN}>",
    f"</option></select><{SIGN}>",
    f"</script><{SIGN}>",
    f"</style><{SIGN}>",
    f"--><{SIGN}>",
    f"]]><{SIGN}>",
    f"<!--<{SIGN}>",
    f"<svg><{SIGN}></svg>",
    f"<math><{SIGN}></math>",
    f"<template><{SIGN}></template>",
    f"<noscript><{SIGN}></noscript>",
    f"<iframe srcdoc='<{SIGN}>'></iframe>",
    "<script>alert('x-poison')</script>",
    f"<img src=x {HANDLER}=1 onerror=alert(1)>",
    f"<svg {HANDLER}=1 onload=alert(1)>",
    f"<details open {HANDLER}=1 ontoggle=alert(1)>",
    f"<b {HANDLER}=1 onclick=alert(1)>bold</b>",
    f"<form action=//evil.example.org {HANDLER}=1><button>",
    f"<base href=//evil.example.org {HANDLER}=1>",
    f"<meta http-equiv=refresh content=0 {HANDLER}=1>",
    f"<link rel=stylesheet href=//evil.example.org {HANDLER}=1>",
    f"<style {HANDLER}=1>*{{display:none}}</style>",
    f"<button hx-post=/sign-out hx-trigger=load {HANDLER}=1>",
    f"<p data-hx-get=/me hx-trigger=load {HANDLER}=1>",
    f"<badge-scanner {HANDLER}=1></badge-scanner>",
)
QUOTES = (
    f'" {HANDLER}=1 x="',
    f"' {HANDLER}=1 x='",
    f"` {HANDLER}=1 x=`",
    f"x {HANDLER}=1",
    f'"><{SIGN} {HANDLER}=1>',
    f"'><{SIGN} {HANDLER}=1>",
    f"&quot; {HANDLER}=1",
    f"&#34;><{SIGN}>",
    f"&lt;{SIGN}&gt;",
    f'\\"><{SIGN}>',
)
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<x-poison>",
    "vbscript:x",
    "//evil.example.org",
    'https://evil.example.org/"onpoison=1',
)
TEMPLATES = ("{{ 7*7 }}", "{% raw %}", "${7*7}", "#{7*7}", "%(name)s", "%s %n", "{0}", "{name}")
DIRECTIONS = ("\u202etxet", "\u2066isolated\u2069", "\u200f\u200e", "a\u0301\u0301\u0301", "\ufeffmark")
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1+1")
POISON: Sequence[str] = (*MARKUP, *QUOTES, *ADDRESSES, *TEMPLATES, *DIRECTIONS, *FORMULAS)

TYPED_BY_PEOPLE = {
    "persons": ["name"],
    "cards": [
        "headline",
        "company",
        "email",
        "phone",
        "link",
        "ask_me_about",
        "can_help_with",
        "looking_for",
        "not_about",
        "work",
        "work_link",
    ],
    "kind_lines": ["line"],
    "pitch_reports": ["words"],
    "attendees": ["name", "given_name", "family_name", "email", "company", "headline", "ask_me_about", "external_ref"],
    "circles": ["name"],
    "events": ["title", "place"],
    "door_devices": ["name", "door"],
    "import_runs": ["file_name"],
    "sign_in_sessions": ["browser"],
    "addresses": ["address"],
}
"""Table → the columns whose text came from somebody's hand or machine."""


def spread(connection: Connection, poison: str) -> None:
    """Put this into every text of every row, as if it had come past every check there is."""
    for table, columns in TYPED_BY_PEOPLE.items():
        settings = ", ".join(f"{column} = :poison" for column in columns)
        connection.execute(text(f"UPDATE {table} SET {settings}"), {"poison": poison})  # noqa: S608  # our own names
    connection.execute(
        text("UPDATE cards SET ask_on_badge = true, reach_email = true, reach_phone = true, reach_link = true")
    )
