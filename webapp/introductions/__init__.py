"""Introductions: somebody brings two people together, and only after two yeses.

The *connector* writes one paragraph for each of the two. Each is asked alone, reads a first name and the reason, and
answers yes, not now or no, or nothing. Whatever but two yeses comes of it looks alike to everybody else, and changes
nothing on anybody's screen before two weeks are over. Two yeses make it: both get the card fields the other said yes
with, on their own pages, or in one mail to both if all three chose that.

A *wish* is the same, asked for from the other end: somebody sees that a friend knows *someone interested in pottery*,
without a name, and asks that friend for an introduction.
"""
