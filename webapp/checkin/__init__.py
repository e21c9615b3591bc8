"""The door: one admission of a guest, by which device, undone or not.

"Is in" is "has a live check-in"; the unique key decides between two doors. Undo keeps the history. A refused scan is a
row too. Nothing is shown green before the write is durable.
"""
