"""Two people exchanging cards: two grants, one in each direction, each naming its fields, each revocable.

You scan, they get your card. They scan back, you get theirs. A printed badge asks; a live screen code is consent.
Nothing of a person leaves without their act. Undo within a minute is as if it never was; withdraw works for ever.
"""
