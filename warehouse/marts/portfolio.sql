-- The portfolio of Figures 3 and 4: growth against the location quotient at the end. A border value goes to the
-- other side (LQ = 1 is not specialised, growth = 0 is shrinking); an interval across a border is undetermined.
WITH joined AS (
    SELECT g.region_id, s.benchmark_id, g.sector_scheme, g.sector_id, g.from_date, g.to_date, s.employees, s.share,
           g.growth_rate, g.growth_rate_lower, g.growth_rate_upper,
           s.location_quotient, s.location_quotient_lower, s.location_quotient_upper,
           marts.above(s.location_quotient_lower, s.location_quotient_upper, 1) AS is_specialised,
           marts.above(g.growth_rate_lower, g.growth_rate_upper, 0) AS is_growing
    FROM marts.growth g
    JOIN marts.specialisation s
        ON s.region_id = g.region_id AND s.sector_scheme = g.sector_scheme AND s.sector_id = g.sector_id
        AND s.reference_date = g.to_date
)
SELECT * EXCLUDE (is_specialised, is_growing),
       CASE WHEN is_specialised IS NULL OR is_growing IS NULL THEN 'undetermined'
            WHEN is_specialised AND is_growing THEN 'specialised_growing'
            WHEN is_growing THEN 'growing'
            WHEN is_specialised THEN 'specialised_shrinking'
            ELSE 'shrinking' END AS quadrant,
       share >= (SELECT minimum_share FROM reference_analysis) AS is_large_enough,
       (SELECT version FROM reference_analysis) AS settings_version
FROM joined
