"""Finding cases by what is written in them: an index kept after the commit, and the search through it."""
