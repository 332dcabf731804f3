"""The GENESIS formats as products."""

from __future__ import annotations

from sources.genesis import datencsv, ffcsv
from sources.product import Product

PRODUCTS: tuple[Product, ...] = (
    Product(
        product_id="genesis_datencsv",
        looks_like="GENESIS table (datencsv): first line “Tabelle: <code>” or “GENESIS-Tabelle: <code>”",
        recognises=datencsv.recognises,
        decode=datencsv.decode,
    ),
    Product(
        product_id="genesis_ffcsv",
        looks_like="GENESIS flat file: a header with statistics_code or Statistik_Code",
        recognises=ffcsv.recognises,
        decode=ffcsv.decode,
    ),
)
