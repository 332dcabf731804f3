"""GeoJSON: the same outlines written otherwise, and outlines that are not the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

from tests.attacks.mutants import Effect, Mutant, Mutation
from tests.attacks.seeds import Seed


def _written(collection: Any, effect: Effect, note: str = "", **options: Any) -> Mutant:
    return Mutant(json.dumps(collection, ensure_ascii=False, **options).encode(), effect, note)


def other_layout(random: Random, seed: Seed) -> Mutant:
    options = random.choice(({"indent": 1}, {"sort_keys": True}, {"separators": (",", ":")}))
    return _written(json.loads(seed.text), "same", str(options), **options)


def escaped(random: Random, seed: Seed) -> Mutant:
    return Mutant(json.dumps(json.loads(seed.text), ensure_ascii=True).encode(), "same")


def shuffle_features(random: Random, seed: Seed) -> Mutant:
    collection = json.loads(seed.text)
    random.shuffle(collection["features"])
    return _written(collection, "same")


def drop_features(random: Random, seed: Seed) -> Mutant:
    collection = json.loads(seed.text)
    start = random.randrange(len(collection["features"]))
    del collection["features"][start : start + random.choice((1, 1, 5))]
    return _written(collection, "loss", f"from feature {start + 1}")


def repeat_feature(random: Random, seed: Seed) -> Mutant:
    collection = json.loads(seed.text)
    collection["features"].append(random.choice(collection["features"]))
    return _written(collection, "same")


def change_coordinate(random: Random, seed: Seed) -> Mutant:
    numbers = list(re.finditer(r"-?[0-9]+\.[0-9]+", seed.text))
    match = random.choice(numbers)
    changes: list[tuple[Effect, Callable[[str], str]]] = [
        ("same", lambda n: f"{n}0"),
        ("same", lambda n: f"{float(n):.17e}"),
        ("any", lambda n: f"{n}1"),
        ("any", lambda n: str(float(n) + 0.001)),
        ("any", lambda n: f'"{n}"'),
        ("any", lambda n: n.replace(".", ",")),
        ("any", lambda n: "NaN"),
        ("any", lambda n: "Infinity"),
        ("any", lambda n: "1e999"),
        ("any", lambda n: "null"),
        ("any", lambda n: "true"),
        ("any", lambda n: "9" * 5000),
        ("any", lambda n: n.replace(".", "")),
        ("any", lambda n: f"0{n}"),
    ]
    effect, change = random.choice(changes)
    new = change(match[0])
    return Mutant(
        (seed.text[: match.start()] + new + seed.text[match.end() :]).encode(), effect, f"{match[0]} to {new[:30]}"
    )


def change_property(random: Random, seed: Seed) -> Mutant:
    collection = json.loads(seed.text)
    feature = random.choice(collection["features"])
    name = random.choice(list(feature["properties"]))
    other = random.choice(collection["features"])["properties"].get(name)
    feature["properties"][name] = random.choice((None, "", 5, [], {}, other, str(other)[:-1], f"{other} ", "05" * 3))
    return _written(collection, "any", f"{name}: {feature['properties'][name]!r}")


def repeat_key(random: Random, seed: Seed) -> Mutant:
    """The same name twice in one object: readers differ in which counts."""
    keys = list(re.finditer(r'"(ARS|AGS|GEN|type|coordinates|properties|geometry)"\s*:', seed.text))
    match = random.choice(keys)
    value = random.choice(('"05112"', "[]", "{}", "null", '"Polygon"'))
    text = seed.text[: match.start()] + f'"{match[1]}": {value}, ' + seed.text[match.start() :]
    return Mutant(text.encode(), "same", f"{match[1]}: {value}")


def change_geometry(random: Random, seed: Seed) -> Mutant:
    collection = json.loads(seed.text)
    feature = random.choice(collection["features"])
    geometry = feature["geometry"]

    def swap(value: Any) -> Any:
        if isinstance(value, list) and value and not isinstance(value[0], list):
            return value[::-1]
        return [swap(part) for part in value]

    feature["geometry"] = random.choice(
        (
            None,
            {},
            {"type": "Point", "coordinates": [7, 51]},
            {"type": "Polygon", "coordinates": []},
            {"type": "Polygon", "coordinates": geometry["coordinates"]},
            {"type": "MultiPolygon", "coordinates": geometry["coordinates"]},
            {"type": geometry["type"], "coordinates": swap(geometry["coordinates"])},
            {"type": geometry["type"], "coordinates": geometry["coordinates"][:1]},
            [],
        )
    )
    return _written(collection, "any", str(feature["geometry"])[:60])


def nest(random: Random, seed: Seed) -> Mutant:
    depth = random.choice((200, 2_000, 100_000))
    text = re.sub(r'"coordinates"\s*:\s*', lambda match: match[0] + "[" * depth, seed.text, count=1)
    return Mutant(text.encode(), "any", f"{depth} deep")


JSON_MUTATIONS: tuple[Mutation, ...] = (
    other_layout,
    escaped,
    shuffle_features,
    drop_features,
    repeat_feature,
    change_coordinate,
    change_coordinate,
    change_property,
    repeat_key,
    change_geometry,
    nest,
)
