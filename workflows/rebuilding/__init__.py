"""State equals record: a case is rebuilt from its journal and chain by the engine that made it, and compared.

Each entry of a case's chain says what moved its engine; the journal holds the answers. Played once more,
through the same course, decisions are decided anew, and operations answered as the journal says they were.
Where the case was moved to another version, the move is made once more too, the way it was made then.
Nothing is stored and nobody is told. Not rebuilt is what no diagram moves: who holds an item, limits and
the clock that stands still.
"""

from workflows.rebuilding.comparing import Difference, Unplayable, differences
from workflows.rebuilding.course import Differs

__all__ = ["Difference", "Differs", "Unplayable", "differences"]
