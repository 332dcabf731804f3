-- Value of each indicator, from the first source that has it: (sum of its terms) / (sum of its denominator); for the Ruhr
-- the same over summed Kreise, or implied by printed ratios and numerators; topics from the crosswalk; the Action Plan.
WITH ruhr AS (
    SELECT count(*) AS kreise FROM marts.region WHERE level = 'kreis' AND in_ruhr
),
of_ruhr AS (
    SELECT indicator_input.* FROM indicator_input JOIN marts.region USING (region_id)
    WHERE region.level = 'kreis' AND region.in_ruhr
),
term AS (
    SELECT indicator_id, source_rank, term, role, times, terms, region_id, reference_date, basis, dataset,
           value, status
    FROM indicator_input WHERE role <> 'numerator'
    UNION ALL
    SELECT indicator_id, source_rank, term, role, times, terms, 'RUHR', reference_date, basis, dataset,
           if(count(value) = count(*), sum(value), NULL),
           CASE WHEN count(value) = count(*) THEN 'derived'
                WHEN bool_or(status = 'not_available') THEN 'not_available' ELSE 'suppressed' END
    FROM of_ruhr
    WHERE ruhr = 'sum'
    GROUP BY ALL
    HAVING count(*) = (SELECT kreise FROM ruhr)
),
computed AS (
    SELECT indicator_id, source_rank, region_id, reference_date, basis, dataset,
           sum(times * value) FILTER (role = 'value') AS numerator,
           sum(times * value) FILTER (role = 'per') AS denominator,
           bool_or(role = 'per') AS is_ratio,
           count(value) = count(*) AS is_complete,
           bool_or(status = 'not_available') AS has_gap,
           if(count(*) = 1, any_value(status), 'derived') AS status
    FROM term
    GROUP BY indicator_id, source_rank, region_id, reference_date, basis, dataset
    HAVING count(*) = any_value(terms)
),
ratio AS (  -- printed ratio and its numerator, Kreis by Kreis
    SELECT r.indicator_id, r.source_rank, r.reference_date, r.basis, r.dataset, r.region_id,
           r.value AS ratio, n.value AS numerator, r.rounding
    FROM of_ruhr r
    JOIN of_ruhr n USING (indicator_id, source_rank, reference_date, basis, dataset, region_id)
    WHERE r.ruhr = 'implied' AND r.role = 'value' AND n.role = 'numerator'
),
implied AS (
    SELECT indicator_id, source_rank, 'RUHR' AS region_id, reference_date, basis, dataset,
           marts.implied_ratio(sum(numerator), marts.ordered_sum(numerator / nullif(ratio, 0))) AS value,
           marts.implied_ratio(sum(numerator),
                               marts.ordered_sum(numerator / nullif(ratio - rounding, 0))) AS value_lower,
           marts.implied_ratio(sum(numerator),
                               marts.ordered_sum(numerator / nullif(ratio + rounding, 0))) AS value_upper,
           'derived' AS status
    FROM ratio
    GROUP BY indicator_id, source_rank, reference_date, basis, dataset
    HAVING count(numerator) = (SELECT kreise FROM ruhr) AND count(ratio) = (SELECT kreise FROM ruhr)
),
topic AS (  -- from the finest scheme the date has
    SELECT unnest([
               {'measure': 'topic_employees', 'value': employees, 'value_lower': employees_lower,
                'value_upper': employees_upper},
               {'measure': 'topic_location_quotient', 'value': location_quotient,
                'value_lower': location_quotient_lower, 'value_upper': location_quotient_upper}
           ], recursive := true),
           target_id, region_id, reference_date, status, sector_scheme,
           list_position(['wz08-2', 'ba-rr', 'genesis-13', 'ldb-sections'], sector_scheme) AS source_rank
    FROM marts.crosswalk_employment WHERE kind = 'topic'
),
valued AS (
    SELECT indicator_id, region_id, reference_date, basis, dataset, source_rank,
           if(is_complete, if(is_ratio, marts.share(numerator, denominator), numerator), NULL) AS value,
           value AS value_lower, value AS value_upper,
           CASE WHEN is_complete THEN status WHEN has_gap THEN 'not_available' ELSE 'suppressed' END AS status
    FROM computed
    UNION ALL BY NAME
    FROM implied
    UNION ALL BY NAME
    SELECT measure || '.' || target_id AS indicator_id, region_id, reference_date, '' AS basis,
           'crosswalk_employment/' || sector_scheme AS dataset, source_rank, value, value_lower, value_upper,
           CASE WHEN value IS NOT NULL THEN 'derived'
                WHEN coalesce(value_lower, value_upper) IS NULL THEN 'not_available'  -- 0 / 0
                ELSE status END AS status
    FROM topic
    UNION ALL BY NAME
    SELECT indicator_id, region_id, reference_date, basis, dataset, 1 AS source_rank, value, value_lower, value_upper,
           status
    FROM marts.action_indicator
),
chosen AS (
    SELECT * FROM valued
    QUALIFY row_number() OVER (
        PARTITION BY indicator_id, region_id, reference_date
        ORDER BY value IS NULL AND value_upper IS NULL, source_rank) = 1
),
nrw AS (  -- a topic is compared within its sector scheme: another one holds other parts of it
    SELECT * FROM chosen WHERE region_id = '05' AND NOT starts_with(dataset, 'crosswalk_employment/')
    UNION ALL
    SELECT * FROM valued WHERE region_id = '05' AND starts_with(dataset, 'crosswalk_employment/')
)
SELECT c.indicator_id, c.region_id, c.reference_date, c.value, c.value_lower, c.value_upper,
       i.unit, c.status, if(nrw.value IS NULL, NULL, '05') AS benchmark_id, nrw.value AS benchmark_value,
       c.dataset, c.basis
FROM chosen c
JOIN marts.indicator i USING (indicator_id)
LEFT JOIN nrw
    ON nrw.indicator_id = c.indicator_id AND nrw.reference_date = c.reference_date AND nrw.basis = c.basis
    AND (nrw.dataset = c.dataset OR NOT starts_with(nrw.dataset, 'crosswalk_employment/'))
ORDER BY c.indicator_id, c.reference_date, c.region_id
