"""Fuzzing of every decoder: `python -m tests.attacks.fuzz --mutants 20000 --seed 1 --real FOLDER`.

Each mutant is a file of the sample or a real one with one thing changed. It must be decoded right, refused in words, or
flagged; a figure that changed must be printed where its locator says (tests/attacks/judging.py says it precisely).
Mutants are numbered: `--only N --save FOLDER` makes one again. Worker processes have limits on time and memory, and
a process that dies is counted against its mutant.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random

from tests.attacks.byte_mutations import BYTE_MUTATIONS
from tests.attacks.crafted import ATTACKS
from tests.attacks.json_mutations import JSON_MUTATIONS
from tests.attacks.judging import FINE, Verdict, judge, scratch
from tests.attacks.mutants import Mutant, Mutation, mutate
from tests.attacks.seeds import Seed, seeds_by_product
from tests.attacks.text_mutations import TEXT_MUTATIONS
from tests.attacks.workbook_mutations import WORKBOOK_MUTATIONS

#: What one file may take; time is that of the processor, as the machine may be busy.
MAX_SECONDS, MAX_MEGABYTES = 5.0, 500
#: What the libraries of the pipeline take before they have read anything; the memory of a worker holds seeds too.
BARE_MEGABYTES = 150
#: Seeds taken apart are kept up to here.
MAX_CACHED_MEGABYTES = 1_200
#: One mutant in so many is changed in its raw bytes, the others in what they mean.
RAW = 5

Seeds = dict[str, list[Seed]]
#: (seed, name of what was done to it, the file that came of it)
Made = tuple[Seed, str, Mutant]


@dataclass(frozen=True)
class Result:
    number: int
    product: str
    seed: str
    mutation: str
    note: str
    verdict: Verdict
    seconds: float
    megabytes: float


def mutations_of(seed: Seed) -> Sequence[Mutation]:
    if seed.is_workbook:
        return WORKBOOK_MUTATIONS
    return JSON_MUTATIONS if seed.product_id == "bkg_boundaries" else TEXT_MUTATIONS


def mutant_number(seeds: Seeds, run: int, number: int) -> Made:
    """(seed, name of the mutation, mutant), the same for the same seeds, run and number."""
    random = Random(f"{run} {number}")
    product = list(seeds)[number % len(seeds)]
    seed = random.choice(seeds[product])
    mutations = BYTE_MUTATIONS if random.randrange(RAW) == 0 else mutations_of(seed)
    name, mutant = mutate(random, seed, mutations)
    return seed, name, mutant


def attack_number(seeds: Seeds, number: int) -> Made:
    """(seed, name, file) of an attack that has a name."""
    name, attack = list(ATTACKS.items())[number]
    seed = next(seed for seed in seeds[attack.product] if seed.origin == "sample")
    return seed, name, attack.mutant(seed)


def examine(made: Made, number: int, folder: Path) -> Result:
    """Judges one mutant; time and memory are those of the judging."""
    seed, name, mutant = made
    _forget_peak()
    before, start = peak_megabytes(), time.process_time()
    verdict = judge(seed, mutant, folder)
    seconds, megabytes = time.process_time() - start, peak_megabytes() - before + BARE_MEGABYTES
    if seconds > MAX_SECONDS:
        verdict = Verdict("slow", f"{seconds:.1f} s; {verdict.outcome}: {verdict.detail}")
    elif megabytes > MAX_MEGABYTES:
        verdict = Verdict("large", f"{megabytes:.0f} MB; {verdict.outcome}: {verdict.detail}")
    elif mutant.outcome not in ("", verdict.outcome) and not verdict.is_bug:
        verdict = Verdict("unexpected", f"{verdict.outcome}: {verdict.detail}")
    return Result(number, seed.product_id, str(seed), name, mutant.note, verdict, seconds, megabytes)


def _forget_tables(seeds: Seeds) -> None:
    for seed in (seed for found in seeds.values() for seed in found):
        seed.forget()


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes() -> float:
    """The most memory this process held since the peak was forgotten, or since it began where that cannot be."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- workers


def _work(seeds: Seeds, make: Callable[[int], Made], numbers: Sequence[int], to_parent: Connection) -> None:
    """Sends the number before each mutant and the result behind it, so that a death has a name."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with scratch() as folder:
        for number in numbers:
            to_parent.send(number)
            _limit_time(3 * MAX_SECONDS)
            to_parent.send(examine(make(number), number, Path(folder)))
            if peak_megabytes() > MAX_CACHED_MEGABYTES:
                _forget_tables(seeds)
    to_parent.send(None)


def _limit_time(seconds: float) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = usage.ru_utime + usage.ru_stime
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent + seconds) + 1, resource.RLIM_INFINITY))


class _Worker:
    """A process with the numbers it has to do; started anew behind a mutant that killed it."""

    def __init__(self, seeds: Seeds, make: Callable[[int], Made], numbers: list[int]) -> None:
        self.seeds, self.make, self.numbers = seeds, make, numbers
        self.current: int | None = None
        self.start()

    def start(self) -> None:
        self.receiver, sender = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("fork")  # seeds need not be read again
        self.process = context.Process(target=_work, args=(self.seeds, self.make, self.numbers, sender), daemon=True)
        self.process.start()
        sender.close()

    def results(self) -> Iterator[Result]:
        """What has arrived; a death is a result."""
        try:
            message = self.receiver.recv()
        except EOFError:
            self.process.join()
            if self.current is None:
                raise RuntimeError(f"a worker ended with {self.process.exitcode} between two mutants") from None
            yield self._death()
            self.numbers = self.numbers[self.numbers.index(self.current) + 1 :]
            self.current = None
            if self.numbers:
                self.start()
            return
        if isinstance(message, Result):
            self.current = None
            yield message
        elif message is None:
            self.numbers = []
        else:
            self.current = message

    def _death(self) -> Result:
        assert self.current is not None
        seed, name, mutant = self.make(self.current)
        verdict = Verdict("crash", f"the process ended with {self.process.exitcode}")
        return Result(self.current, seed.product_id, str(seed), name, mutant.note, verdict, 0.0, 0.0)


def campaign(seeds: Seeds, run: int, numbers: range, workers: int) -> Iterator[Result]:
    """The results of many mutants as they come."""
    yield from _results(seeds, lambda number: mutant_number(seeds, run, number), list(numbers), workers)


def named_attacks(seeds: Seeds, workers: int) -> Iterator[Result]:
    """The results of all attacks that have a name."""
    yield from _results(seeds, lambda number: attack_number(seeds, number), list(range(len(ATTACKS))), workers)


def _results(seeds: Seeds, make: Callable[[int], Made], numbers: list[int], workers: int) -> Iterator[Result]:
    crew = [_Worker(seeds, make, numbers[shift::workers]) for shift in range(workers)]
    while busy := [worker for worker in crew if worker.numbers]:
        for ready in wait([worker.receiver for worker in busy]):
            yield from next(worker for worker in busy if worker.receiver is ready).results()


# --- the command


def summary(results: Sequence[Result], run: int) -> str:
    """Markdown: outcomes by product, then every bug."""
    outcomes = Counter((result.product, result.verdict.outcome) for result in results)
    bugs = [result for result in results if result.verdict.is_bug]
    columns = [*FINE, "bugs"]
    lines = [
        f"# {len(results)} mutants, run {run}",
        "",
        f"Slowest {max(r.seconds for r in results):.2f} s, largest {max(r.megabytes for r in results):.0f} MB "
        f"(processor time; memory above that of the seeds, with {BARE_MEGABYTES} MB for the libraries).",
        "",
        f"| product | mutants | {' | '.join(columns)} |",
        f"|---|{'---:|' * (len(columns) + 1)}",
    ]
    for product in [*sorted({result.product for result in results}), "all"]:
        counts = [sum(n for (p, o), n in outcomes.items() if product in (p, "all") and o == c) for c in FINE]
        of_product = [result for result in results if product in (result.product, "all")]
        counts.append(sum(result.verdict.is_bug for result in of_product))
        lines.append(f"| {product} | {len(of_product)} | {' | '.join(map(str, counts))} |")
    lines += ["", f"{len(bugs)} bugs." if bugs else "No bug."]
    grouped: dict[tuple[str, str, str], list[Result]] = defaultdict(list)
    for bug in bugs:
        grouped[bug.product, bug.mutation, bug.verdict.outcome].append(bug)
    for (product, mutation, outcome), found in sorted(grouped.items()):
        first = found[0]
        lines.append(
            f"- {outcome}: {product}, {mutation} × {len(found)}, e.g. {first.number} ({first.seed}; {first.note}): "
            f"{first.verdict.detail}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other mutants")
    parser.add_argument("--real", type=Path, help="a folder of real files with a MANIFEST.csv")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--product", help="only this product")
    parser.add_argument(
        "--attacks", action="store_true", help="the attacks with names too, also those that take seconds"
    )
    parser.add_argument("--only", type=int, metavar="N", help="judge the mutant N alone")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="with --only: write mutant and original there")
    options = parser.parse_args(arguments)
    seeds = seeds_by_product(options.real, options.seed)
    if options.only is not None:
        return _only(seeds, options)
    numbers = range(options.mutants)
    if options.product:
        seeds = {options.product: seeds[options.product]}
    results = []
    for result in campaign(seeds, options.seed, numbers, options.workers):
        results.append(result)
        if len(results) % 200 == 0:
            bugs = sum(each.verdict.is_bug for each in results)
            sys.stderr.write(f"{len(results)} of {options.mutants}, {bugs} bugs\n")
    sys.stdout.write(summary(results, options.seed) + "\n")
    if options.attacks:
        named = sorted(named_attacks(seeds, options.workers), key=lambda result: result.number)
        sys.stdout.write(table_of_attacks(named) + "\n")
        results += named
    return int(any(result.verdict.is_bug for result in results))


def table_of_attacks(results: Sequence[Result]) -> str:
    """Markdown: each named attack, what became of it, and what it cost."""
    lines = [
        "",
        f"## {len(results)} named attacks",
        "",
        "| attack | product | became | s | MB |",
        "|---|---|---|---:|---:|",
    ]
    for result in results:
        became = (
            f"**{result.verdict.outcome}**: {result.verdict.detail}"
            if result.verdict.is_bug
            else result.verdict.outcome
        )
        lines.append(
            f"| {result.mutation} | {result.product} | {became} | {result.seconds:.2f} | {result.megabytes:.0f} |"
        )
    return "\n".join(lines)


def _only(seeds: Seeds, options: argparse.Namespace) -> int:
    if options.product:
        seeds = {options.product: seeds[options.product]}
    seed, name, mutant = mutant_number(seeds, options.seed, options.only)
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        (options.save / f"{options.only}_{seed.name}").write_bytes(mutant.content)
        (options.save / seed.name).write_bytes(seed.content)
    with scratch() as folder:
        result = examine((seed, name, mutant), options.only, Path(folder))
    sys.stdout.write(f"{result}\n")
    return int(result.verdict.is_bug)


if __name__ == "__main__":
    raise SystemExit(main())
