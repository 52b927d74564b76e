"""Where procedures are drawn and tried out before they are in force."""
