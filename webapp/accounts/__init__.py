"""People and how they prove who they are.

A *person* is a human, once. Import makes an unclaimed person for each new guest; claiming (by code, invitation or slip)
makes it theirs. A *card* is what a person chooses to share. There are no passwords: a code or link by mail opens a
*session*, which is a row that can be listed and ended. An address belongs to one person once it is confirmed.
"""
