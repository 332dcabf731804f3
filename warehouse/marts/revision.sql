-- What changed against what was known before: each cell whose later vintage says something else.
WITH vintage AS (
    SELECT dataset, variable, region_id, sector_scheme, sector_id, dimensions, reference_date, value AS new_value,
           status AS new_status, basis AS new_basis, unit, delivery_id AS new_delivery_id, known_from AS new_known_from,
           lag(value) OVER key AS old_value, lag(status) OVER key AS old_status, lag(basis) OVER key AS old_basis,
           lag(delivery_id) OVER key AS old_delivery_id, lag(known_from) OVER key AS old_known_from
    FROM history.observation
    WINDOW key AS (PARTITION BY dataset, variable, region_id, sector_scheme, sector_id, dimensions, reference_date
                   ORDER BY vintage, locator)
)
SELECT dataset, variable, region_id, sector_scheme, sector_id, dimensions, reference_date, unit,
       old_value, new_value, old_status, new_status, new_value - old_value AS absolute_change,
       marts.growth_rate(old_value, new_value) AS relative_change,
       old_delivery_id, new_delivery_id, old_known_from, new_known_from,
       CASE WHEN old_basis <> new_basis AND new_basis LIKE 'census%' THEN 'census_base'
            WHEN old_basis <> new_basis THEN 'classification'
            WHEN old_value IS NULL THEN 'completed'      -- suppressed or missing before, printed now
            WHEN new_value IS NULL THEN 'withdrawn'      -- printed before, suppressed or missing now
            WHEN dataset LIKE 'ba\_%' ESCAPE '\' OR dataset LIKE '13111%' THEN 'ba_revision'
            ELSE 'correction' END AS cause
FROM vintage
WHERE old_delivery_id IS NOT NULL AND old_delivery_id <> new_delivery_id
  AND (old_value IS DISTINCT FROM new_value OR old_status <> new_status)
ORDER BY ALL
