"""My work: what waits for me, what I did, what I started, and acting on one item."""
