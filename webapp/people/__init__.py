"""What people see of one another afterwards: whom I met, their card, my notes, what waits for me, and myself.

Pages composed of the features below; owns no tables and no rules. Everything about another person comes through
`swaps`, which opens of a card what its owner gave, and no more.
"""
