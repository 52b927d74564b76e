"""督办单: what a supervisor orders about an overdue item, and the card that stands until it is closed.

The order is a case of a procedure of its own; the case it is about changes in nothing.
"""
