"""Walks the words of a CREATE INDEX statement."""

from chalicelib.schema.sql_tokens import END, BadSql, Token, read_tokens

NAME_KINDS = ("word", "quoted", "string")


class StatementReader:
    """Walks the words of one statement."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = read_tokens(text)
        self._position = 0

    def take_word(self, word: str) -> bool:
        """Step over this key word if it is next."""
        return self.take_words(word)

    def take_words(self, *words: str) -> bool:
        """Step over these key words if all are next."""
        ahead = self._tokens[self._position : self._position + len(words)]
        taken = len(ahead) == len(words) and all(t.is_word(w) for t, w in zip(ahead, words, strict=True))
        self._position += len(words) if taken else 0
        return taken

    def take_symbol(self, symbol: str) -> bool:
        """Step over this sign if it is next."""
        taken = self._peek().is_symbol(symbol)
        self._position += taken
        return taken

    def need_word(self, word: str) -> None:
        """Step over this key word, which must be next."""
        if not self.take_word(word):
            raise BadSql(f"{word} is expected")

    def need_name(self, *, may_be_empty: bool = False) -> str:
        """Step over a name, quoted or not. A scaffold's table has an empty one."""
        token = self._peek()
        if token.kind not in ("quoted", "string"):
            return self._need_bare_name()
        if any(c.isspace() for c in token.text) or not (token.text or may_be_empty):
            raise BadSql("a name is expected")
        self._position += 1
        return token.text

    def _need_bare_name(self) -> str:
        """Words, digits and hyphens with no space between: PocketBase quotes whatever it finds there."""
        start = end = self._peek().start
        while _may_be_bare(token := self._peek()) and token.start == end:
            self._position += 1
            end = token.end
        if start == end:
            raise BadSql("a name is expected")
        return self._text[start:end]

    def need_columns(self) -> list[list[Token]]:
        """Step over ``( ... )`` and give what is between its commas."""
        if not self.take_symbol("("):
            raise BadSql("a list of columns is expected")
        groups: list[list[Token]] = [[]]
        depth = 1
        while (token := self._peek()) is not END:
            self._position += 1
            depth += token.is_symbol("(") - token.is_symbol(")")
            if depth == 0:
                break
            if depth == 1 and token.is_symbol(","):
                groups.append([])
            else:
                groups[-1].append(token)
        if depth or not all(groups):
            raise BadSql("the list of columns is not complete")
        return groups

    def rest_after(self, word: str) -> str:
        """The text after this key word; empty when nothing is left."""
        if self._peek() is END:
            return ""
        self.need_word(word)
        if self._peek() is END:
            raise BadSql("incomplete input")
        return self._text[self._peek().start :].strip()

    def _peek(self) -> Token:
        return self._tokens[self._position] if self._position < len(self._tokens) else END


def _may_be_bare(token: Token) -> bool:
    return token.kind in ("word", "number") or token.is_symbol("-")
