"""That two people met, and what each wants to remember of it.

A *meeting* belongs to a pair of persons (and an event, if there was one). Each side keeps its own note, sealed under a
key outside the database; nobody but its author reads it.
"""
