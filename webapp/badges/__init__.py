"""What hangs around the neck: a printed name and a code that opens nothing by itself.

A *badge* row is one generation of one guest's code. The token is derived, never stored: the row keeps its one-way
look-up id and how the code was drawn (version, level, mask). A reprint of a damaged badge is the same generation; a
lost one gets the next, and the old code dies at once. Printing runs in a child process; a finished document vanishes
after a day.
"""
