-- Top n per region, of the leaf sectors, against NRW (Figures 5 and 6 of the strategy), under each filter:
--   specialisation  by location quotient at to_date
--   growth          by growth between the dates, of sectors with a location quotient of at least 0.5 at to_date
-- A value known only as an interval is placed by its lower bound. `is_certain` says that no sector below a row could,
-- with what is known of it, belong above it.
WITH sector AS (
    SELECT leaf.sector_scheme, leaf.sector_id, leaf.reference_date, f.filter,
           a.version || '/' || f.filter AS filter_version, a.top_n,
           a.growth_minimum_location_quotient AS minimum_lq
    FROM marts.leaf_sector leaf
    CROSS JOIN reference_analysis a
    JOIN reference_sector_filter f USING (sector_scheme, sector_id)
    WHERE leaf.sector_id NOT IN ('NA', 'TOTAL')
      AND (f.filter = a.filter OR leaf.sector_scheme <> 'wz08-2'
           OR leaf.reference_date IN (SELECT to_date FROM reference_comparison))
),
candidate AS NOT MATERIALIZED (
    SELECT 'specialisation' AS kind, region_id, sector_scheme, sector_id, filter, filter_version, top_n,
           NULL::DATE AS from_date, reference_date AS to_date, location_quotient AS value,
           location_quotient_lower AS value_lower,
           marts.reach(location_quotient_lower, location_quotient_upper) AS value_upper
    FROM marts.specialisation
    JOIN sector USING (sector_scheme, sector_id, reference_date)
    WHERE benchmark_id = '05' AND region_id NOT IN ('05', 'DE')
    UNION ALL BY NAME
    SELECT 'growth' AS kind, region_id, sector_scheme, sector_id, filter, filter_version, top_n, from_date, to_date,
           if(location_quotient_lower >= minimum_lq, growth_rate, NULL) AS value,
           if(location_quotient_lower >= minimum_lq, growth_rate_lower, NULL) AS value_lower,
           marts.reach(growth_rate_lower, growth_rate_upper) AS value_upper
    FROM marts.portfolio
    JOIN sector USING (sector_scheme, sector_id)
    WHERE benchmark_id = '05' AND region_id NOT IN ('05', 'DE') AND sector.reference_date = to_date
      AND location_quotient_upper >= minimum_lq
),
-- What top_n others surely lie above can neither be placed nor make a place uncertain: left out before the sorting.
bar AS (
    SELECT kind, region_id, sector_scheme, filter, from_date, to_date, max(value_lower, top_n) AS highest
    FROM candidate
    WHERE value_lower IS NOT NULL
    GROUP BY ALL
),
contender AS (
    SELECT candidate.*
    FROM candidate
    JOIN bar
        ON bar.kind = candidate.kind AND bar.region_id = candidate.region_id
        AND bar.sector_scheme = candidate.sector_scheme AND bar.filter = candidate.filter
        AND bar.from_date IS NOT DISTINCT FROM candidate.from_date AND bar.to_date = candidate.to_date
    WHERE len(highest) < top_n OR value_upper IS NULL OR value_upper >= highest[top_n]
),
placed AS (
    SELECT *, row_number() OVER place AS rank,
           coalesce(max(value_upper) OVER (place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) <= value_lower,
                    true) AS is_certain
    FROM contender
    WINDOW place AS (PARTITION BY kind, region_id, sector_scheme, filter, from_date, to_date
                     ORDER BY value_lower DESC NULLS LAST, value_upper DESC NULLS LAST, sector_id)
)
SELECT * EXCLUDE (top_n) REPLACE (nullif(value_upper, 'inf') AS value_upper)
FROM placed
WHERE rank <= top_n AND value_lower IS NOT NULL
