-- Growth between the reference dates of a scheme: every pair of dates while there are at most 12 of them
-- (66 pairs); beyond that each date against a year before, the last against the first, and the strategy's own pairs
-- (reference/analysis.yaml): what grows with the square of the dates would outgrow the data. Any other pair: the macro
-- marts.growth_between(from_date, to_date).
WITH date AS (
    SELECT sector_scheme, reference_date,
           row_number() OVER (PARTITION BY sector_scheme ORDER BY reference_date) AS position,
           count(*) OVER (PARTITION BY sector_scheme) AS dates
    FROM (SELECT DISTINCT sector_scheme, reference_date FROM marts.employment)
),
pair AS (
    SELECT s.sector_scheme, s.reference_date AS from_date, t.reference_date AS to_date
    FROM date s JOIN date t ON t.sector_scheme = s.sector_scheme AND t.reference_date > s.reference_date
    WHERE s.dates <= 12 OR (s.position = 1 AND t.position = t.dates)
       OR last_day(t.reference_date - INTERVAL 1 YEAR) = s.reference_date
       OR (s.reference_date, t.reference_date) IN (SELECT (from_date, to_date) FROM reference_comparison)
),
-- Materialised, so that a pair finds its start before its end: the other way round joins every date with every date.
start AS MATERIALIZED (
    SELECT region_id, sector_scheme, sector_id, basis, from_date, to_date, employees, employees_lower, employees_upper
    FROM marts.employment JOIN pair USING (sector_scheme) WHERE reference_date = from_date
)
SELECT s.region_id, s.sector_scheme, s.sector_id, from_date, to_date,
       marts.growth_rate(s.employees, t.employees) AS growth_rate,
       marts.growth_rate_lower(s.employees_upper, t.employees_lower) AS growth_rate_lower,
       marts.growth_rate_upper(s.employees_lower, t.employees_upper) AS growth_rate_upper
FROM start s
JOIN marts.employment t ON t.sector_scheme = s.sector_scheme AND t.reference_date = to_date
    AND t.region_id = s.region_id AND t.sector_id = s.sector_id AND t.basis = s.basis
