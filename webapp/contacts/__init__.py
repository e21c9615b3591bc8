"""That two people met, and what each wants to remember of it.

A *meeting* belongs to a pair of persons (and an event, if there was one). Each side keeps its own note and its own
promises, sealed under a key outside the database; nobody but their author reads them.
"""
