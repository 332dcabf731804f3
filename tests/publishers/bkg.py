"""The Bundesamt für Kartographie und Geodäsie: outlines of the Kreise from a Web Feature Service, page by page."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from reference.regions import nrw_kreise
from tests.publishers.server import Publisher, Reply, Request

WFS = "/wfs_vg250"
#: Kreise outside NRW, so that there is more than one page.
_OTHERS = [f"09{number:03}" for number in range(100, 170)]
_RING = [[7.0, 51.4], [7.1, 51.4], [7.1, 51.5], [7.0, 51.4]]


class Bkg(Publisher):
    """`kreise`: keys of the features. `largest_page`: more are not sent; `tells_number`: answers say how many match."""

    def __init__(self) -> None:
        super().__init__()
        self.kreise = [*nrw_kreise(), *_OTHERS]
        self.largest_page = 1000
        self.tells_number = True

    def usual(self, request: Request) -> Reply:
        if request.path != WFS:
            return super().usual(request)
        query = {name.upper(): values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
        assert query["TYPENAMES"] == "vg250:vg250_krs"
        assert query["OUTPUTFORMAT"] == "application/json"
        start = int(query.get("STARTINDEX", 0))
        keys = self.kreise[start : start + min(self.largest_page, int(query.get("COUNT", 1000)))]
        answer: dict[str, Any] = {"type": "FeatureCollection", "features": list(map(_feature, keys))}
        if self.tells_number:
            answer |= {"numberMatched": len(self.kreise), "numberReturned": len(keys)}
        return Reply(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})


def _feature(key: str) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [_RING]}
    return {"type": "Feature", "properties": {"ags": key, "gen": f"Kreis {key}"}, "geometry": geometry}
