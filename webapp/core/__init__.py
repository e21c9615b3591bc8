"""What every feature stands on: database, clock, operations, outbox, keys, mail, paper.

Knows no feature and no request.
"""
