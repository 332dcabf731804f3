-- How close each sector is to what a Kreis, or the Ruhr, is specialised in: the relatedness density around the sector.
-- Open specialisations and proximities make an interval: its lower end counts only sure specialisations, at their least
-- proximity, against the greatest of all other sectors; its upper end the opposite. An undefined proximity (no Kreis is
-- specialised in either sector) counts 0. Formulas: transforms/relatedness.sql.
WITH proximity AS (
    SELECT benchmark_id, sector_scheme, reference_date, sector_id, related_sector_id,
           coalesce(proximity_lower, 0) AS least, coalesce(proximity_upper, 0) AS greatest
    FROM marts.relatedness
    UNION ALL  -- a sector does not count for itself
    SELECT DISTINCT benchmark_id, sector_scheme, reference_date, sector_id, sector_id, 0, 0
    FROM marts.relatedness
),
sector AS (
    SELECT benchmark_id, sector_scheme, reference_date, sector_id,
           list(related_sector_id ORDER BY related_sector_id) AS sector_ids,
           list(least ORDER BY related_sector_id) AS least, list(greatest ORDER BY related_sector_id) AS greatest,
           list_sum(list(least ORDER BY related_sector_id)) AS sum_least,
           list_sum(list(greatest ORDER BY related_sector_id)) AS sum_greatest
    FROM proximity GROUP BY ALL
),
region AS (
    SELECT benchmark_id, sector_scheme, reference_date, region_id, list(sector_id ORDER BY sector_id) AS sector_ids,
           list(surely::DOUBLE ORDER BY sector_id) AS surely, list(possibly::DOUBLE ORDER BY sector_id) AS possibly
    FROM marts.specialised() SEMI JOIN sector USING (benchmark_id, sector_scheme, reference_date, sector_id)
    GROUP BY ALL
),
bounded AS (
    SELECT region_id, benchmark_id, sector_scheme, sector_id, reference_date, sum_greatest > 0 AS has_relations,
           marts.relatedness_density(
               list_dot_product(surely, least),
               sum_greatest - list_dot_product(surely, greatest)) AS density_lower,
           marts.relatedness_density(
               list_dot_product(possibly, greatest),
               sum_least - list_dot_product(possibly, least)) AS density_upper
    FROM region
    JOIN sector USING (benchmark_id, sector_scheme, reference_date, sector_ids)  -- lists over the same sectors
)
SELECT region_id, benchmark_id, sector_scheme, sector_id, reference_date,
       if(density_lower = density_upper, density_lower, NULL) AS relatedness_density,
       -- Without a sure relation to any other sector the density may be anything, as far as it is defined.
       coalesce(density_lower, if(has_relations, 0, NULL)) AS relatedness_density_lower,
       coalesce(density_upper, if(has_relations, 1, NULL)) AS relatedness_density_upper
FROM bounded
ORDER BY sector_scheme, reference_date, benchmark_id, region_id, sector_id
