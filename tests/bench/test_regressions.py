"""A limit that is exceeded is said aloud; only a gross excess fails the quick run."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import bench
from bench import __main__ as command
from bench import quick
from bench.limits import LIMITS
from bench.result import HEADER, Report, Result, Timing, best_times

_SOURCES = {path.name: path.read_text(encoding="utf-8") for path in Path(bench.__path__[0]).glob("*.py")}


def result(excess: float) -> Result:
    """An export that takes this many times what its limit allows, as a ratio to its peer."""
    peer = Timing(cpu=2, wall=100)
    measured = peer.scaled(LIMITS["quick.export"].value * excess)
    return Result("quick.export", "export", measured, peer="EXPORT DATABASE", peer_measured=peer)


@pytest.mark.parametrize(
    ("excess", "verdict"), [(0.5, "ok"), (1, "ok"), (1.01, "REGRESSION"), (2, "REGRESSION"), (2.01, "GROSS REGRESSION")]
)
def test_verdict(excess: float, verdict: str) -> None:
    assert result(excess).verdict == verdict
    assert dict(zip(HEADER, result(excess).cells(), strict=True))["verdict"] == verdict


def test_amounts_without_a_peer_are_compared_with_their_limit() -> None:
    limit = LIMITS["quick.marts.mb"].value
    verdicts = [Result("quick.marts.mb", "memory", limit * excess, unit="MB").verdict for excess in (1, 1.5, 3)]
    assert verdicts == ["ok", "REGRESSION", "GROSS REGRESSION"]


def test_cpu_is_compared_and_not_the_clock() -> None:
    waited = Result("refresh.help", "s3monitor --help", Timing(cpu=0.1, wall=60))
    assert waited.ok
    assert not Result("refresh.help", "s3monitor --help", Timing(cpu=60, wall=0.1)).ok
    best = best_times(2, {"sum": lambda: sum(range(100_000))})["sum"]
    assert 0 < best.cpu < 5


@pytest.mark.parametrize(
    ("excess", "code", "said"),
    [
        (0.9, 0, "bench: every limit holds."),
        (1.5, 0, "bench: REGRESSION: export against EXPORT DATABASE is 1.5 times its limit (quick.export in"),
        (2.5, 1, "bench: GROSS REGRESSION: export against EXPORT DATABASE is 2.5 times its limit (quick.export in"),
    ],
)
def test_the_quick_run_says_what_regressed_and_fails_only_for_gross(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], excess: float, code: int, said: str
) -> None:
    monkeypatch.setattr(quick, "run", lambda: [Report("The whole", ["Once."], [result(excess)])])
    monkeypatch.setattr(sys, "argv", ["bench", "--quick"])
    assert command.main() == code
    assert said in capsys.readouterr().out


def test_every_limit_is_used_and_says_where_it_comes_from() -> None:
    elsewhere = "".join(text for name, text in _SOURCES.items() if name != "limits.py")
    named = set(re.findall(r'"((?:quick\.)?[a-z]+\.[a-z_.]+)"', elsewhere))
    built = {f"{prefix}{name}" for prefix in ("decode", "quick.decode") for name in (".calamine", ".openpyxl")}
    built |= {f"{prefix}quotient.{peer}" for prefix in ("", "quick.") for peer in ("pandas", "econcomplex")}
    assert LIMITS.keys() <= named | built
    assert all(limit.value > 0 and limit.why for limit in LIMITS.values())
