"""Raw bytes: what a bad line, a bad disk or a bad proxy does to any file."""

from __future__ import annotations

from random import Random

from tests.attacks.mutants import Mutant, Mutation
from tests.attacks.seeds import Seed


def flip_bytes(random: Random, seed: Seed) -> Mutant:
    content = bytearray(seed.content)
    places = [random.randrange(len(content)) for _ in range(random.choice((1, 1, 2, 8)))]
    for place in places:
        content[place] ^= 1 << random.randrange(8)
    return Mutant(bytes(content), "any", f"bytes {places}")


def set_bytes(random: Random, seed: Seed) -> Mutant:
    """Bytes that mean something to a reader of tables."""
    content = bytearray(seed.content)
    places = [random.randrange(len(content)) for _ in range(random.choice((1, 1, 3)))]
    for place in places:
        content[place] = random.choice(b"\x00\xff\xfe\x1a\t;,.\"'\r\n -+0123456789eE%&<>xX*/()\x80\x85\xa0\xc2\xe2")
    return Mutant(bytes(content), "any", f"bytes {places}")


def delete_bytes(random: Random, seed: Seed) -> Mutant:
    start, length = random.randrange(len(seed.content)), random.choice((1, 1, 2, 7, 60, 1000))
    return Mutant(seed.content[:start] + seed.content[start + length :], "any", f"{length} from {start}")


def insert_bytes(random: Random, seed: Seed) -> Mutant:
    start, length = random.randrange(len(seed.content)), random.choice((1, 1, 2, 7, 60))
    return Mutant(seed.content[:start] + random.randbytes(length) + seed.content[start:], "any", f"at {start}")


def repeat_block(random: Random, seed: Seed) -> Mutant:
    start, length = random.randrange(len(seed.content)), random.choice((1, 10, 200, 4096))
    return Mutant(seed.content[: start + length] + seed.content[start:], "any", f"{length} from {start}")


def swap_blocks(random: Random, seed: Seed) -> Mutant:
    one, two, three, four = sorted(random.randrange(len(seed.content) + 1) for _ in range(4))
    content = seed.content
    return Mutant(
        content[:one] + content[three:four] + content[two:three] + content[one:two] + content[four:],
        "any",
        f"{one}–{two} and {three}–{four}",
    )


def truncate(random: Random, seed: Seed) -> Mutant:
    end = random.choice((random.randrange(len(seed.content)), len(seed.content) - random.randrange(1, 400)))
    return Mutant(seed.content[: max(end, 0)], "loss", f"after {end}")


def cut_beginning(random: Random, seed: Seed) -> Mutant:
    start = random.choice((random.randrange(len(seed.content)), random.randrange(1, 400)))
    return Mutant(seed.content[start:], "loss", f"before {start}")


def fill_with_nul(random: Random, seed: Seed) -> Mutant:
    """A block the disk never wrote."""
    start, length = random.randrange(len(seed.content)), random.choice((1, 16, 512, 4096))
    content = bytearray(seed.content)
    content[start : start + length] = bytes(len(content[start : start + length]))
    return Mutant(bytes(content), "any", f"{length} from {start}")


def append_junk(random: Random, seed: Seed) -> Mutant:
    junk = random.choice((b"\x1a", b"\x00" * 8, b"\n\n", random.randbytes(20), b"<html>502</html>", seed.content[:300]))
    return Mutant(seed.content + junk, "any", f"{junk[:20]!r}")


BYTE_MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    set_bytes,
    delete_bytes,
    insert_bytes,
    repeat_block,
    swap_blocks,
    truncate,
    cut_beginning,
    fill_with_nul,
    append_junk,
)
