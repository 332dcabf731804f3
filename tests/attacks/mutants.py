"""What a mutant is, and how the mutations of a kind of file are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.attacks.seeds import Seed

#: What a mutation may do to the figures.
#:   same   the file means what it meant: every figure as before, or the file is refused
#:   cell   the cells at `targets` print something else: they alone may change, to what they print
#:   loss   something is gone: no figure changes, and what is missing is noticed
#:   any    it may mean anything: every figure that changed is printed where its locator says
Effect = Literal["same", "cell", "loss", "any"]


@dataclass(frozen=True)
class Mutant:
    """A changed file. `targets`: locators of the cells that print something else; `outcome`: what it must end in, where
    only one end is right."""

    content: bytes
    effect: Effect
    note: str = ""
    targets: frozenset[str] = frozenset()
    outcome: str = ""


#: Gives None where it does not apply to a seed.
Mutation = Callable[[Random, Seed], Mutant | None]


def mutate(random: Random, seed: Seed, mutations: Sequence[Mutation]) -> tuple[str, Mutant]:
    """(name of the mutation, mutant); tries mutations until one applies and changes something."""
    while True:
        mutation = random.choice(mutations)
        mutant = mutation(random, seed)
        if mutant is not None and mutant.content != seed.content:
            return mutation.__name__, mutant
