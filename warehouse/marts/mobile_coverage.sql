SELECT region_id,
       regexp_extract(dimensions, 'technology=([^;]+)', 1) AS technology,
       regexp_extract(dimensions, 'area_group=([^;]+)', 1) AS area_group,
       regexp_extract(dimensions, 'area_type=([^;]+)', 1) AS area_type,
       reference_date, value AS coverage_pct, status, delivery_id, locator
FROM history.latest
WHERE variable = 'mobile_coverage'
ORDER BY reference_date, technology, area_type, region_id
