"""What can go wrong while fetching. Messages are for the operator; they never hold a header or a password."""

from __future__ import annotations

from typing import Self

from sources.fetching.secrecy import Secrecy


class FetchError(Exception):
    """A file could not be fetched. `is_transient`: the same request may work later."""

    def __init__(self, address: str, what: str, *, hint: str = "", is_transient: bool = False) -> None:
        self.address = address
        self.what = what
        self.hint = hint
        self.is_transient = is_transient
        super().__init__(f"{address}: {what}." + (f" {hint}" if hint else ""))

    def hiding(self, secrecy: Secrecy) -> Self:
        """The same without what must not be told."""
        address, what, hint = map(secrecy.hidden, (self.address, self.what, self.hint))
        return type(self)(address, what, hint=hint, is_transient=self.is_transient)


class NotThereError(FetchError):
    """The publisher has no file under this address (404, 410): for a next edition a normal outcome."""


class LoginError(FetchError):
    """The publisher does not accept the account (401, 403, or its own code for it): trying again does not help."""
