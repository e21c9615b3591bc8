"""What came of it, and how it came about: the ledger of one person, read by nobody else.

An *outcome* is something that came of it: a job, a client, a mentor, help. A *link* says that one thing led to another,
and how surely: direct, indirect, just a feeling, unknown. Links run between a person's own rows, whatever kind they are
of (`kinds.KINDS`), and through *steps*: somebody outside the app, something that was done, a wait. A *need* stays open
across events until something answers it. The *chain* of an outcome is everything that led to it.

*Unknown* is a cause one may name: it is shown dotted and counted as nothing. Nothing here runs out.
"""
