-- Shift-share of every leaf sector, and of the region as their sum (sector TOTAL), between the pairs of dates of
-- marts.growth, against NRW and Germany. Totals are the sums of the leaves; where one of them is hidden, the published
-- total they add up to stands in. A component that needs an unknown cell is refused: it is empty, and `status` says
-- why. Dates that print different sectors are not compared. Formulas: transforms/shift_share.sql.
WITH leaf AS (
    SELECT e.region_id, sector_scheme, sector_id, reference_date, e.basis, e.employees,
           e.status = 'not_available' AS is_gap
    FROM marts.employment e SEMI JOIN marts.leaf_sector USING (sector_scheme, sector_id, reference_date)
),
published AS (  -- totals of tables that print every code, where the codes add up
    SELECT e.region_id, sector_scheme, e.reference_date, max(e.employees) FILTER (sector.parent_id IS NULL) AS employees
    FROM marts.employment e
    JOIN marts.sector USING (sector_scheme, sector_id)
    JOIN (SELECT sector_scheme, count(*) AS codes FROM marts.sector GROUP BY ALL) USING (sector_scheme)
    GROUP BY e.region_id, sector_scheme, e.reference_date, codes
    HAVING count(*) = codes AND bool_and(sector.children = 'complete') FILTER (sector.parent_id IS NULL)
),
total AS (
    SELECT region_id, sector_scheme, reference_date, bool_or(is_gap) AS has_gap,
           coalesce(marts.complete_sum(leaf.employees), any_value(published.employees)) AS employees
    FROM leaf LEFT JOIN published USING (region_id, sector_scheme, reference_date)
    GROUP BY ALL
),
cell AS (
    SELECT leaf.* EXCLUDE (is_gap), total.employees AS total,
           is_gap OR total.employees IS NULL AND total.has_gap AS is_gap
    FROM leaf JOIN total USING (region_id, sector_scheme, reference_date)
),
printed AS (
    SELECT sector_scheme, reference_date, list(sector_id ORDER BY sector_id) AS sectors
    FROM marts.leaf_sector GROUP BY ALL
),
pair AS (
    SELECT g.sector_scheme, g.from_date, g.to_date
    FROM (SELECT DISTINCT sector_scheme, from_date, to_date FROM marts.growth) g
    JOIN printed s ON s.sector_scheme = g.sector_scheme AND s.reference_date = g.from_date
    JOIN printed t ON t.sector_scheme = g.sector_scheme AND t.reference_date = g.to_date AND t.sectors = s.sectors
),
moved AS (
    SELECT s.region_id, s.sector_scheme, s.sector_id, from_date, to_date, s.employees AS e_s, t.employees AS e_t,
           s.total AS total_s, t.total AS total_t, s.is_gap OR t.is_gap AS is_gap
    FROM pair
    JOIN cell s ON s.sector_scheme = pair.sector_scheme AND s.reference_date = from_date
    JOIN cell t ON t.sector_scheme = pair.sector_scheme AND t.reference_date = to_date
        AND t.region_id = s.region_id AND t.sector_id = s.sector_id AND t.basis = s.basis
),
compared AS (
    SELECT r.region_id, b.region_id AS benchmark_id, sector_scheme, sector_id, from_date, to_date, r.e_s, r.e_t,
           b.e_s AS b_s, b.e_t AS b_t, b.total_s, b.total_t,
           marts.homothetic_employment(r.total_s, b.e_s, b.total_s) AS homothetic_employment,
           r.is_gap OR b.is_gap AS is_gap
    FROM moved r JOIN moved b USING (sector_scheme, sector_id, from_date, to_date)
    WHERE b.region_id IN ('05', 'DE') AND NOT (b.region_id = '05' AND r.region_id = 'DE')
),
component AS (
    SELECT region_id, benchmark_id, sector_scheme, sector_id, from_date, to_date,
           e_t - e_s AS employment_change,
           marts.national_share(e_s, total_s, total_t) AS national_share,
           marts.industrial_mix(e_s, b_s, b_t, total_s, total_t) AS industrial_mix,
           marts.regional_share(e_s, e_t, b_s, b_t) AS regional_share,
           homothetic_employment,
           marts.homothetic_regional_share(e_s, e_t, b_s, b_t, homothetic_employment) AS homothetic_regional_share,
           marts.allocation_effect(e_s, e_t, b_s, b_t, homothetic_employment) AS allocation_effect,
           is_gap, e_s + e_t + b_s + b_t + total_t + homothetic_employment IS NULL AS is_unknown
    FROM compared
),
summed AS (
    SELECT region_id, benchmark_id, sector_scheme, 'TOTAL' AS sector_id, from_date, to_date,
           marts.complete_sum(COLUMNS(c -> c IN (
               'employment_change', 'national_share', 'industrial_mix', 'regional_share', 'homothetic_employment',
               'homothetic_regional_share', 'allocation_effect'))),
           bool_or(is_gap) AS is_gap, bool_or(is_unknown) AS is_unknown
    FROM component
    GROUP BY region_id, benchmark_id, sector_scheme, from_date, to_date
)
SELECT * EXCLUDE (is_gap, is_unknown),
       CASE WHEN is_unknown THEN if(is_gap, 'not_available', 'suppressed')
            WHEN allocation_effect IS NULL THEN 'undefined' ELSE 'derived' END AS status
FROM (FROM component WHERE sector_id <> 'TOTAL' UNION ALL BY NAME FROM summed)  -- a table may print TOTAL alone
ORDER BY sector_scheme, from_date, to_date, benchmark_id, region_id, sector_id
