-- Relatedness of two sectors by co-specialisation, from how many regions are specialised (location quotient > 1) in
-- either of them and in both: the smaller of the two conditional probabilities (Hidalgo, Klinger, Barabasi and Hausmann
-- 2007, Science 317, "proximity"): 0-1. Undefined where no region is specialised in either.
CREATE MACRO marts.proximity(in_both, in_one, in_other) AS in_both / nullif(greatest(in_one, in_other), 0);

-- Its bounds where some specialisations are not known, from bitstrings over the same regions: `surely` has 1 for each
-- region specialised in every, `possibly` for each specialised in at least one completion of the hidden cells.
-- Proximity is least when the open cells fall apart and greatest when they fall together.
CREATE MACRO marts.proximity_lower(surely_one, possibly_one, surely_other, possibly_other) AS
    marts.proximity(bit_count(surely_one & surely_other),
                    bit_count(surely_one | (possibly_one & ~surely_other)),
                    bit_count(surely_other | (possibly_other & ~surely_one)));
CREATE MACRO marts.proximity_upper(surely_one, possibly_one, surely_other, possibly_other) AS
    if(bit_count(possibly_one | possibly_other) = 0, NULL,
       coalesce(marts.proximity(bit_count(possibly_one & possibly_other),
                                bit_count(surely_one | (possibly_one & possibly_other)),
                                bit_count(surely_other | (possibly_other & possibly_one))), 0));

-- Relatedness density around a sector: the sum of its proximities to the sectors the region is specialised in, over
-- that sum plus the one to all others (Hidalgo et al. 2007; without the sector itself, as Boschma, Balland and Kogler
-- 2015, Industrial and Corporate Change 24(1)): 0-1, not in per cent.
CREATE MACRO marts.relatedness_density(to_specialised, to_others) AS
    marts.share(to_specialised, to_specialised + to_others);

-- The specialisations relatedness is counted from: one row per Kreis and for the Ruhr, by benchmark, scheme, sector
-- (leaves only; "not stated" is none) and date, with 1 or 0 for being specialised surely and possibly.
CREATE MACRO marts.specialised() AS TABLE
SELECT s.benchmark_id, s.sector_scheme, s.reference_date, s.sector_id, s.region_id, region.level,
       coalesce(s.location_quotient_lower > 1, false)::TINYINT AS surely,
       coalesce(s.location_quotient_upper > 1, true)::TINYINT AS possibly
FROM marts.specialisation s
SEMI JOIN marts.leaf_sector USING (sector_scheme, sector_id, reference_date)
JOIN marts.region ON region.region_id = s.region_id AND region.level IN ('kreis', 'ruhr')
WHERE s.sector_id <> 'NA'
    AND s.benchmark_share IS DISTINCT FROM 0;  -- nobody can be specialised in what the benchmark does not have
