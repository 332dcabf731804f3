-- Relatedness of every two leaf sectors of a scheme: in how far the same Kreise are specialised in both, where at least
-- 50 Kreise are loaded. Specialisations that hidden cells leave open make an interval; `proximity` is filled only where
-- both bounds meet. Formulas: transforms/relatedness.sql.
WITH sector AS (
    SELECT benchmark_id, sector_scheme, reference_date, sector_id, list(region_id ORDER BY region_id) AS region_ids,
           string_agg(surely, '' ORDER BY region_id)::BIT AS surely,
           string_agg(possibly, '' ORDER BY region_id)::BIT AS possibly
    FROM marts.specialised() WHERE level = 'kreis'
    GROUP BY ALL
    HAVING count(*) >= 50
),
bounded AS (
    SELECT benchmark_id, sector_scheme, reference_date, one.sector_id, other.sector_id AS related_sector_id,
           len(region_ids) AS regions,
           marts.proximity_lower(one.surely, one.possibly, other.surely, other.possibly) AS proximity_lower,
           marts.proximity_upper(one.surely, one.possibly, other.surely, other.possibly) AS proximity_upper
    FROM sector one
    JOIN sector other USING (benchmark_id, sector_scheme, reference_date, region_ids)  -- bits for the same Kreise
    WHERE one.sector_id <> other.sector_id
)
SELECT *, if(proximity_lower = proximity_upper, proximity_lower, NULL) AS proximity
FROM bounded
ORDER BY sector_scheme, reference_date, benchmark_id, sector_id, related_sector_id
