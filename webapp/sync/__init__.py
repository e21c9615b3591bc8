"""What phones did while nobody could be asked, told later in batches; and what they need to decide meanwhile.

A phone deletes an operation only on a result that names its id, so every operation gets one: applied, duplicate,
conflict (done, and somebody should look), or quarantined (kept as it came). Nothing is dropped. What comes in such
numbers that no phone can have done it is unkept: it stays on the phone.
"""
