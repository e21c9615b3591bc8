"""Notes through Mixwell: writing to somebody whose address stays hidden.

Whoever ticks it as a way to be reached gives it with their card, like an e-mail address, and takes it back from one
person or from all. We pass words on by mail, sealed while they wait.
"""
