-- State of each source on the day of the release: its newest date, when the next edition is due by the publisher's rhythm
-- (meta.source), and whether its last delivery was accepted. Months are counted from the next reference date.
WITH delivery AS (
    SELECT d.*, n.newest_reference_date
    FROM meta.delivery d
    LEFT JOIN (SELECT delivery_id, max(reference_date) AS newest_reference_date
               FROM history.observation WHERE value IS NOT NULL GROUP BY delivery_id) n USING (delivery_id)
),
source AS (
    SELECT source_id, arg_max(publisher, arrived_at) AS publisher, arg_max(product, arrived_at) AS product,
           max(newest_reference_date) AS newest_reference_date,
           max(known_from) FILTER (state = 'accepted') AS known_from, max(arrived_at) AS arrived_at,
           count(*) AS deliveries,
           -- failed: what came in last was not accepted, as a whole
           bool_and(state = 'quarantined') FILTER (arrived_at = newest_arrival) AS last_failed,
           string_agg(file_name || ': ' || message, chr(10) ORDER BY file_name) FILTER (state = 'quarantined') AS message
    FROM (SELECT *, max(arrived_at) OVER (PARTITION BY source_id) AS newest_arrival FROM delivery)
    GROUP BY source_id
),
expected AS (
    SELECT source.*,
           last_day(newest_reference_date + to_months(period_months)) AS next_reference_date,
           (next_reference_date + to_months(lag_months_min))::DATE AS due_on,
           (next_reference_date + to_months(lag_months_max))::DATE AS late_on
    FROM source LEFT JOIN meta.source rhythm USING (source_id)
)
SELECT source_id, publisher, product, newest_reference_date, known_from, arrived_at, deliveries, next_reference_date,
       due_on, late_on,
       CASE WHEN last_failed THEN 'failed' WHEN late_on IS NULL THEN 'unscheduled'
            WHEN today >= late_on THEN 'late' WHEN today >= due_on THEN 'due' ELSE 'fresh' END AS state,
       message
FROM expected, (SELECT day AS today FROM reference_today)
ORDER BY source_id
