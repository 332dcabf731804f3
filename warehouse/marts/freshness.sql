-- State of each source: its newest date and arrival, and whether its last arrival was accepted (of files that arrived
-- together, all of them).
WITH delivery AS (
    SELECT *, arrived_at = max(arrived_at) OVER (PARTITION BY source_id) AS is_last FROM meta.delivery
)
SELECT source_id, arg_max(publisher, arrived_at) AS publisher, arg_max(product, arrived_at) AS product,
       max(newest_reference_date) AS newest_reference_date,
       max(known_from) FILTER (state = 'accepted') AS known_from, max(arrived_at) AS arrived_at,
       count(*) AS deliveries,
       if(bool_or(is_last AND state = 'quarantined'), 'quarantined', 'ok') AS state,
       string_agg(file_name || ': ' || message, chr(10) ORDER BY file_name)
           FILTER (is_last AND state = 'quarantined') AS message
FROM delivery
LEFT JOIN (
    SELECT delivery_id, max(reference_date) AS newest_reference_date
    FROM history.observation WHERE value IS NOT NULL GROUP BY delivery_id
) USING (delivery_id)
GROUP BY source_id
ORDER BY source_id
