"""What can be applied for: the procedures in force, their steps, and starting one."""
