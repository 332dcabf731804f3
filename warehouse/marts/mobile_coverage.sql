-- The packages of the atlas print percentages over all operators, the monitoring prints fractions of 1 by operator.
SELECT region_id, coalesce(nullif(regexp_extract(dimensions, 'operator=([^;]+)', 1), ''), 'all') AS operator,
       regexp_extract(dimensions, 'technology=([^;]+)', 1) AS technology,
       regexp_extract(dimensions, 'area_group=([^;]+)', 1) AS area_group,
       regexp_extract(dimensions, 'area_type=([^;]+)', 1) AS area_type,
       reference_date, if(unit = 'Anteil', round(100 * value, 10), value) AS coverage_pct,  -- 100 * 0.58 is not 58
       status, delivery_id, locator
FROM history.latest
WHERE variable = 'mobile_coverage'
ORDER BY reference_date, operator, technology, area_type, region_id
