"""Cases as people read them: state, history, diagram, papers; and starting one."""
