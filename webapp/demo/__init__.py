"""A living sample evening for `bin/demo`: seeds a circle and signs you in as its cast.

Refused under production settings.
"""
