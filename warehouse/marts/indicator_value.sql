-- Value of each indicator: (sum of its terms) / (sum of its denominator), from the first source table that has it.
WITH members AS (
    SELECT count(*) AS kreise FROM marts.region WHERE level = 'kreis' AND in_ruhr
),
term AS (
    SELECT indicator_id, source_rank, term, role, times, terms, region_id, reference_date, basis, dataset,
           value, status, 1 AS cells
    FROM indicator_input
    UNION ALL
    SELECT indicator_id, source_rank, term, role, times, terms, 'RUHR', reference_date, basis, dataset,
           if(count(value) = count(*), sum(value), NULL),
           CASE WHEN count(value) = count(*) THEN 'derived'
                WHEN bool_or(status = 'not_available') THEN 'not_available' ELSE 'suppressed' END,
           count(*)
    FROM indicator_input JOIN marts.region USING (region_id), members
    WHERE region.level = 'kreis' AND region.in_ruhr AND ruhr = 'sum'
    GROUP BY ALL
    HAVING count(*) = any_value(members.kreise)
),
computed AS (
    SELECT indicator_id, source_rank, region_id, reference_date, basis, dataset, any_value(terms) AS terms,
           sum(times * value) FILTER (role = 'value') AS numerator,
           sum(times * value) FILTER (role = 'per') AS denominator,
           bool_or(role = 'per') AS is_ratio,
           count(value) = count(*) AS complete,
           bool_or(status = 'not_available') AS has_gap,
           if(count(*) = 1, any_value(status), 'derived') AS status
    FROM term
    GROUP BY indicator_id, source_rank, region_id, reference_date, basis, dataset
    HAVING count(*) = any_value(terms)
),
valued AS (
    SELECT indicator_id, region_id, reference_date, basis, dataset, source_rank,
           if(complete, if(is_ratio, marts.share(numerator, denominator), numerator), NULL) AS value,
           CASE WHEN complete THEN status WHEN has_gap THEN 'not_available' ELSE 'suppressed' END AS status
    FROM computed
),
chosen AS (
    SELECT * FROM valued
    QUALIFY row_number() OVER (
        PARTITION BY indicator_id, region_id, reference_date ORDER BY value IS NULL, source_rank) = 1
)
SELECT c.indicator_id, c.region_id, c.reference_date, c.value, c.value AS value_lower, c.value AS value_upper,
       i.unit, c.status, if(nrw.value IS NULL, NULL, '05') AS benchmark_id, nrw.value AS benchmark_value,
       c.dataset, c.basis
FROM chosen c
JOIN reference_indicators i USING (indicator_id)
LEFT JOIN chosen nrw
    ON nrw.indicator_id = c.indicator_id AND nrw.region_id = '05' AND nrw.reference_date = c.reference_date
    AND nrw.basis = c.basis
ORDER BY c.indicator_id, c.reference_date, c.region_id
