"""交接: when a person leaves, their work goes on in one act."""
