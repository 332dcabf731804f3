-- Published lead-market employment of the Ruhr (Wirtschaftsberichte) beside what the crosswalk gives from the data held:
-- level, growth over the year before, and how far both are apart. The published figures rest on 4- and 5-digit codes.
WITH computed AS (
    SELECT target_id AS lead_market_id, sector_scheme, reference_date, employees, employees_lower, employees_upper
    FROM marts.crosswalk_employment WHERE kind = 'lead_market' AND region_id = 'RUHR'
),
published AS (
    SELECT p.lead_market_id, p.reference_date, p.employees AS published_employees,
           marts.growth_rate(before.employees, p.employees) AS published_growth_rate
    FROM marts.lead_market_value p
    LEFT JOIN marts.lead_market_value before
        ON before.lead_market_id = p.lead_market_id
        AND before.reference_date = last_day(p.reference_date - INTERVAL 1 YEAR)
)
SELECT p.lead_market_id, p.reference_date, c.sector_scheme, p.published_employees, c.employees, c.employees_lower,
       c.employees_upper, c.employees - p.published_employees AS difference,
       (c.employees - p.published_employees) / nullif(p.published_employees, 0) AS relative_difference,
       p.published_employees BETWEEN c.employees_lower AND c.employees_upper AS is_within_bounds,
       p.published_growth_rate, marts.growth_rate(b.employees, c.employees) AS growth_rate,
       marts.growth_rate(b.employees, c.employees) - p.published_growth_rate AS growth_difference,
       (SELECT crosswalk_version FROM reference_analysis) AS crosswalk_version
FROM published p
JOIN computed c USING (lead_market_id, reference_date)
LEFT JOIN computed b ON b.lead_market_id = p.lead_market_id AND b.sector_scheme = c.sector_scheme
    AND b.reference_date = last_day(p.reference_date - INTERVAL 1 YEAR)
ORDER BY ALL
