-- The traffic light of each indicator and region; the rule in words is reference/traffic_light.yaml.
WITH value AS (
    SELECT v.*, i.change, i.nrw,
           if(v.unit = 'quotient' AND v.region_id = '05', 'neutral', i.direction) AS direction  -- to itself always 1
    FROM marts.indicator_value v JOIN reference_indicators i USING (indicator_id)
    WHERE v.value_lower IS NOT NULL OR v.value_upper IS NOT NULL
),
pair AS (  -- each value with the newest comparable one that is one to three years older
    SELECT v.*, p.reference_date AS previous_date, p.value AS previous_value,
           p.value_lower AS previous_lower, p.value_upper AS previous_upper, p.benchmark_value AS previous_benchmark
    FROM value v
    LEFT JOIN value p
        ON p.indicator_id = v.indicator_id AND p.region_id = v.region_id AND p.dataset = v.dataset
        -- counted forward from the earlier day: 29 February is one year before 28 February
        AND p.basis = v.basis AND p.reference_date + INTERVAL 1 YEAR <= v.reference_date
        AND p.reference_date >= v.reference_date - INTERVAL 3 YEAR
    QUALIFY row_number() OVER (PARTITION BY v.indicator_id, v.region_id, v.reference_date
                               ORDER BY p.reference_date DESC) = 1
),
newest AS (  -- the newest value that can be compared, else the newest there is
    SELECT * FROM pair
    QUALIFY row_number() OVER (PARTITION BY indicator_id, region_id
                               ORDER BY previous_date IS NULL, reference_date DESC) = 1
),
change AS (
    SELECT *,
           if(change = 'relative', marts.growth_rate(previous_value, value), value - previous_value) AS change_value,
           -- bounds only matter where a value is not exact
           coalesce(change_value, if(change = 'relative', marts.growth_rate(previous_upper, value_lower),
                                     value_lower - previous_upper)) AS change_lower,
           coalesce(change_value, if(change = 'relative', marts.growth_rate(previous_lower, value_upper),
                                     value_upper - previous_lower)) AS change_upper,
           if(nrw = 'compared' AND region_id <> '05',
              if(change = 'relative', marts.growth_rate(previous_benchmark, benchmark_value),
                 benchmark_value - previous_benchmark), NULL) AS benchmark_change
    FROM newest
),
judged AS (
    SELECT c.*, t.target_value, t.target_date, b.value AS start_value, b.reference_date AS start_date,
           CASE c.direction WHEN 'up' THEN marts.above(change_lower, change_upper, 0)
                            WHEN 'down' THEN marts.above(-change_upper, -change_lower, 0) END AS is_improving,
           CASE c.direction WHEN 'up' THEN change_value >= benchmark_change
                            WHEN 'down' THEN change_value <= benchmark_change END AS is_as_good_as_nrw
    FROM change c
    LEFT JOIN (FROM marts.target  -- the newest decision counts
               QUALIFY row_number() OVER (PARTITION BY indicator_id, region_id
                                          ORDER BY decided_on DESC, target_date) = 1) t
        ON t.indicator_id = c.indicator_id AND t.region_id = c.region_id
    LEFT JOIN (FROM marts.baseline WHERE use = 'baseline' AND value IS NOT NULL AND reference_date IS NOT NULL
               QUALIFY row_number() OVER (PARTITION BY indicator_id, region_id ORDER BY baseline_id) = 1) b
        ON b.indicator_id = c.indicator_id AND b.region_id = c.region_id
),
path AS (  -- distance to a decided target, in the desired direction
    SELECT *, if(direction = 'down', -1, 1) AS sign,
           start_value + (target_value - start_value)
               * least(1, date_diff('day', start_date, reference_date)
                          / nullif(date_diff('day', start_date, target_date), 0)) AS path_value
    FROM judged
)
SELECT indicator_id, region_id, reference_date, value, previous_date, previous_value, change_value AS change,
       benchmark_change,
       CASE WHEN direction = 'neutral' THEN 'not_assessable'
            WHEN path_value IS NOT NULL AND value IS NOT NULL
                THEN CASE WHEN sign * value >= sign * path_value THEN 'green'
                          WHEN sign * value > sign * start_value THEN 'yellow' ELSE 'red' END
            WHEN is_improving IS NULL THEN 'not_assessable'
            WHEN is_as_good_as_nrw IS NULL THEN if(is_improving, 'green', 'red')
            WHEN is_improving AND is_as_good_as_nrw THEN 'green'
            WHEN is_improving OR is_as_good_as_nrw THEN 'yellow'
            ELSE 'red' END AS light,
       CASE WHEN direction = 'neutral' THEN 'no_direction'
            WHEN path_value IS NOT NULL AND value IS NOT NULL THEN 'target_path'
            WHEN previous_date IS NULL THEN 'no_comparable_value'
            WHEN is_improving IS NULL THEN 'interval'
            WHEN is_as_good_as_nrw IS NULL THEN 'direction_only'
            ELSE 'direction_and_nrw' END AS light_reason,
       (SELECT version FROM reference_traffic_light) AS rule_version
FROM path
ORDER BY indicator_id, region_id
