"""督办: the cards that stand, what the rule would have ordered, the orders; and issuing one."""
