"""Everything of mine: what is kept and until when, taking it along, and leaving.

`webapp/personal.toml` is the record of what is kept and why. Export, erasure and the purge follow it, so that a new
table cannot be forgotten: a test fails until the record says whose its rows are and when they go.
"""
