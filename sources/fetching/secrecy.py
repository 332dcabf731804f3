"""A login that a server sends back: found and taken out, in whatever way it is written.

Services repeat what they were sent, in error pages, in the reason of a status, in the address of a redirect. What is
printed or kept of an answer to a request with a login goes through here.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

#: Shorter ones stand in any text.
_SHORTEST = 4
#: In a whole file a word this short may stand by chance.
_SHORTEST_IN_FILES = 8


class Secrecy:
    """What of a login must not be told: `secrets` (a password or token), and `names` (a user), which is no proof."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        self._secrets = [secret for secret in secrets if len(secret) >= _SHORTEST]
        names = [name for name in names if len(name) >= _SHORTEST]
        both = [f"{name}:{secret}" for name in names for secret in self._secrets]  # as a login of HTTP is written
        found = {form for text in (*both, *self._secrets, *names) for form in _forms(text)}
        self._forms = sorted(found, key=len, reverse=True)

    def hidden(self, text: str) -> str:
        """The text with *** in their place."""
        for form in self._forms:
            text = text.replace(form, "***")
        return text

    def is_in(self, content: bytes) -> bool:
        """Whether a file repeats a password or token."""
        secrets = [secret for secret in self._secrets if len(secret) >= _SHORTEST_IN_FILES]
        return any(form.encode(code) in content for secret in secrets for form in _forms(secret) for code in _CODES)


_CODES = ("utf-8", "utf-16-le")


def login_secrecy(login: dict[str, str]) -> Secrecy:
    """Of the headers `username` and `password`; without a password the user is a token."""
    password = login.get("password")
    user = login.get("username", "")
    return Secrecy([password], [user]) if password else Secrecy([user])


def _forms(text: str) -> Iterator[str]:
    """How a text may be written, as addresses, HTML, JSON, hexadecimal digits and base64 have it."""
    yield text
    for encoded in (quote(text, safe=""), quote(text), quote_plus(text), quote(text, safe="", encoding="latin-1")):
        yield encoded
        yield encoded.lower() if "%" in encoded else encoded
    yield from (html.escape(text), html.escape(text, quote=False), json.dumps(text)[1:-1], repr(text)[1:-1])
    for raw in {text.encode(), text.encode("latin-1", "replace")}:
        yield from (raw.hex(), raw.hex().upper())
        for shift in range(3):  # of base64 what does not depend on the signs around
            coded = base64.b64encode(b"\0" * shift + raw).decode()
            inner = coded[4 if shift else 0 : -4]
            if len(inner) >= _SHORTEST_IN_FILES:
                yield from (inner, inner.translate(str.maketrans("+/", "-_")))
            if not shift:
                yield from (coded, coded.rstrip("="))
