"""Sign-in, sealing of personal data, tokens, the three officers and reading the audit."""
