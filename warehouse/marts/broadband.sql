SELECT region_id,
       regexp_extract(dimensions, 'customer=([^;]+)', 1) AS customer,
       regexp_extract(dimensions, 'technology=([^;]+)', 1) AS technology,
       try_cast(regexp_extract(dimensions, 'min_mbit=([^;]+)', 1) AS INTEGER) AS min_mbit,
       reference_date, value AS coverage_pct, status, basis, delivery_id, locator
FROM history.latest
WHERE variable = 'broadband_coverage'
ORDER BY reference_date, customer, technology, min_mbit, region_id
