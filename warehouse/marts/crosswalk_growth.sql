-- Growth of topics and lead markets between the dates that marts.growth compares.
WITH pair AS (
    SELECT DISTINCT sector_scheme, from_date, to_date FROM marts.growth
)
SELECT s.kind, s.target_id, s.region_id, s.sector_scheme, from_date, to_date,
       marts.growth_rate(s.employees, t.employees) AS growth_rate,
       marts.growth_rate_lower(s.employees_upper, t.employees_lower) AS growth_rate_lower,
       marts.growth_rate_upper(s.employees_lower, t.employees_upper) AS growth_rate_upper,
       s.crosswalk_version
FROM pair
JOIN marts.crosswalk_employment s ON s.sector_scheme = pair.sector_scheme AND s.reference_date = from_date
JOIN marts.crosswalk_employment t ON t.sector_scheme = pair.sector_scheme AND t.reference_date = to_date
    AND t.kind = s.kind AND t.target_id = s.target_id AND t.region_id = s.region_id AND t.basis = s.basis
