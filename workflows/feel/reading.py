"""A cursor over tokens: looking ahead, expecting, and reading names and types."""

from __future__ import annotations

from workflows.feel.nodes import TypeName
from workflows.feel.problems import FeelSyntaxError, place
from workflows.feel.tokens import Token, tokenize
from workflows.feel.vocabulary import OPENERS, STOPS, Vocabulary, vocabulary

_NAME_MARKS = frozenset("-+*/.'")


class Reader:
    """The tokens of one text and the position reached in them."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        """Cut the text; the names are the special ones in scope."""
        self.text = text
        self.tokens = tokenize(text)
        self.index = 0
        self._words = vocabulary(names, members=False)
        self._member_words = vocabulary(names, members=True)
        self.among_members = 0  # brackets of filters around the cursor, where an element's names are in scope
        self._own_words: Vocabulary = {}

    @property
    def token(self) -> Token:
        """The token the cursor is at."""
        return self.tokens[self.index]

    def fail(self, sentence: str, offset: int | None = None) -> FeelSyntaxError:
        """The error to raise, at the cursor or at the given place."""
        at = self.token.start if offset is None else offset
        return FeelSyntaxError(*place(self.text, at), sentence)

    def unexpected(self, wanted: str = "") -> FeelSyntaxError:
        """The error for a token that does not fit."""
        what = f"“{self.token.text}”" if self.token.kind != "end" else "表达式的结尾"
        return self.fail(f"此处不应是{what}" + (f"，应为{wanted}" if wanted else ""))

    def at_op(self, *ops: str) -> bool:
        """Whether the cursor is at one of these signs."""
        token = self.token
        return token.kind == "op" and token.text in ops

    def at_word(self, word: str) -> bool:
        """Whether the cursor is at this keyword."""
        token = self.token
        return token.kind == "name" and token.text == word

    def follows(self, text: str, ahead: int = 1) -> bool:
        """Whether the token some steps ahead has this text and is no string."""
        index = self.index + ahead
        return index < len(self.tokens) and self.tokens[index].text == text

    def take(self) -> Token:
        """The token at the cursor, which moves on."""
        token = self.tokens[self.index]
        self.index += 1
        return token

    def accept(self, text: str) -> bool:
        """Move past this sign or keyword if it is here."""
        token = self.token
        if token.text == text and token.kind in ("op", "name"):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Move past this sign or keyword, which must be here."""
        token = self.token
        if not self.accept(text):
            raise self.unexpected(f"“{text}”")
        return token

    def learn(self, name: str) -> None:
        """Know a name that the expression itself introduces."""
        parts = tuple(token.text for token in tokenize(name)[:-1])
        if len(parts) > 1:
            known = self._own_words.setdefault(parts[0], [])
            known.append((parts, name))
            known.sort(key=lambda entry: -len(entry[0]))

    def name(self) -> str:
        """The longest name at the cursor: a known special one or a run of plain words."""
        special, length = self._special()
        run = self._run_length()
        if length >= run and length:
            self.index += length
            return special
        if not run:
            raise self.unexpected("名称")
        words = [self.take().text for _ in range(run)]
        return " ".join(words)

    def has_special(self) -> bool:
        """Whether a known special name begins at the cursor."""
        return self._special()[1] > 1

    def _special(self) -> tuple[str, int]:
        first = self.token.text
        best, length = "", 0
        after_dot = self.index > 0 and self.tokens[self.index - 1].text == "."
        known = self._member_words if after_dot or self.among_members else self._words
        for words in (known, self._own_words):
            for parts, name in words.get(first, ()):
                if len(parts) > length and self._matches(parts):
                    best, length = name, len(parts)
        return best, length

    def _matches(self, parts: tuple[str, ...]) -> bool:
        ahead = self.tokens[self.index : self.index + len(parts)]
        return len(ahead) == len(parts) and all(
            token.text == part and token.kind != "string" for token, part in zip(ahead, parts, strict=True)
        )

    def _run_length(self) -> int:
        token = self.token
        if token.kind != "name" or token.text in STOPS:
            return 0
        if token.text == "?":
            return 1
        index = self.index + 1
        while self._continues(self.tokens[index]):
            index += 1
        return index - self.index

    @staticmethod
    def _continues(token: Token) -> bool:
        if token.kind == "number":
            return token.text.isdigit()
        return token.kind == "name" and token.text not in STOPS and token.text != "?"

    def new_name(self, *ends: str) -> str:
        """A name being introduced: everything up to one of the ends, which stays."""
        first = self.token
        last: Token | None = None
        while self.token.text not in ends:
            token = self.token
            if token.kind not in ("name", "number") and token.text not in _NAME_MARKS:
                raise self.unexpected("名称")
            last = self.take()
        if last is None or first.kind != "name":
            raise self.unexpected("名称")
        name = " ".join(self.text[first.start : last.end].split())
        self.learn(name)
        return name

    def type_name(self) -> TypeName:
        """A type as written after `instance of` or behind a parameter."""
        name = self.name()
        while self.at_op(".") and not self.follows("."):
            self.take()
            name += "." + self.name()
        if not self.at_op("<"):
            return TypeName(name)
        self.take()
        parts: list[TypeName] = []
        fields: list[str] = []
        while not self.accept(">"):
            if parts:
                self.expect(",")
            if name == "context":
                fields.append(self.new_name(":"))
                self.expect(":")
            parts.append(self.type_name())
        if name == "function":
            self.expect("->")
            parts.append(self.type_name())
        return TypeName(name, tuple(parts), tuple(fields))


def opens(token: Token) -> bool:
    """Whether a word begins something other than a name."""
    return token.kind == "name" and token.text in OPENERS
