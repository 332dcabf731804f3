-- Sector structure of each region and date over the leaf sectors ("not stated" is none): concentration and variety on
-- its own, and its difference from NRW and Germany. Shares are of the sum of these sectors. Hidden cells make an
-- interval: `value` is filled only where both bounds meet. Related and unrelated variety need WZ divisions; with
-- coarser sectors they are `undefined`. Formulas: transforms/structure.sql.
WITH leaf AS (
    SELECT e.region_id, sector_scheme, sector_id, reference_date, sector.parent_id AS section_id,
           sector_id = sector.divisions[1] AS is_division,
           e.employees_lower, e.employees_upper, e.status = 'not_available' AS is_gap
    FROM marts.employment e
    JOIN marts.sector USING (sector_scheme, sector_id)
    SEMI JOIN marts.leaf_sector USING (sector_scheme, sector_id, reference_date)
    WHERE sector_id <> 'NA'
),
divided AS (  -- tables down to the divisions
    SELECT sector_scheme, reference_date FROM leaf GROUP BY ALL HAVING bool_and(is_division)
),
section AS (  -- a printed section is known better than the sum of its divisions
    SELECT leaf.region_id, leaf.sector_scheme, leaf.section_id, leaf.reference_date,
           coalesce(any_value(printed.employees_lower), marts.complete_sum(leaf.employees_lower)) AS employees_lower,
           coalesce(any_value(printed.employees_upper), marts.complete_sum(leaf.employees_upper)) AS employees_upper
    FROM leaf SEMI JOIN divided USING (sector_scheme, reference_date)
    LEFT JOIN marts.employment printed
        ON printed.region_id = leaf.region_id AND printed.sector_scheme = leaf.sector_scheme
        AND printed.sector_id = leaf.section_id AND printed.reference_date = leaf.reference_date
    GROUP BY ALL
),
part AS (
    SELECT 'sector' AS kind, region_id, sector_scheme, sector_id, reference_date, employees_lower, employees_upper,
           is_gap
    FROM leaf
    UNION ALL
    SELECT 'section', region_id, sector_scheme, section_id, reference_date, employees_lower, employees_upper, false
    FROM section
),
whole AS (
    SELECT kind, region_id, sector_scheme, reference_date, marts.complete_sum(employees_lower) AS sum_lower,
           marts.complete_sum(employees_upper) AS sum_upper
    FROM part GROUP BY ALL
),
shares AS (
    SELECT kind, region_id, sector_scheme, sector_id, reference_date, is_gap,
           marts.share_lower(employees_lower, employees_upper, sum_upper) AS share_lower,
           marts.share_upper(employees_lower, employees_upper, sum_lower) AS share_upper
    FROM part JOIN whole USING (kind, region_id, sector_scheme, reference_date)
),
summary AS (
    SELECT kind, region_id, sector_scheme, reference_date, count(*) AS sectors, bool_or(is_gap) AS is_gap,
           bool_or(share_lower IS DISTINCT FROM share_upper) AS is_hidden,
           marts.herfindahl(share_lower) AS h_lower, marts.herfindahl(share_upper) AS h_upper,
           marts.entropy_lower(share_lower, share_upper) AS entropy_lower,
           marts.entropy_upper(share_lower, share_upper) AS entropy_upper
    FROM shares GROUP BY ALL
),
own AS (
    SELECT s.region_id, NULL AS benchmark_id, s.sector_scheme, s.reference_date, s.is_gap, s.is_hidden,
           unnest([
               {measure: 'herfindahl', value_lower: s.h_lower, value_upper: s.h_upper},
               {measure: 'herfindahl_normalised', value_lower: marts.herfindahl_normalised(s.h_lower, s.sectors),
                value_upper: marts.herfindahl_normalised(s.h_upper, s.sectors)},
               {measure: 'equivalent_sectors', value_lower: marts.equivalent_sectors(s.h_upper),
                value_upper: marts.equivalent_sectors(s.h_lower)},
               {measure: 'entropy', value_lower: s.entropy_lower, value_upper: s.entropy_upper}
           ], recursive := true)
    FROM summary s WHERE kind = 'sector'
),
variety AS (
    SELECT s.region_id, NULL AS benchmark_id, s.sector_scheme, s.reference_date, s.is_gap,
           s.is_hidden AND g.kind IS NOT NULL AS is_hidden,
           unnest([
               {measure: 'unrelated_variety', value_lower: g.entropy_lower, value_upper: g.entropy_upper},
               {measure: 'related_variety',
                value_lower: marts.related_variety(s.entropy_lower, g.entropy_upper),
                value_upper: marts.related_variety(s.entropy_upper, g.entropy_lower)}
           ], recursive := true)
    FROM summary s
    LEFT JOIN summary g ON g.kind = 'section' AND g.region_id = s.region_id AND g.sector_scheme = s.sector_scheme
        AND g.reference_date = s.reference_date
    WHERE s.kind = 'sector'
),
difference AS (
    SELECT r.region_id, b.region_id AS benchmark_id, sector_scheme, reference_date,
           bool_or(r.is_gap OR b.is_gap) AS is_gap,
           bool_or(r.share_lower IS DISTINCT FROM r.share_upper OR b.share_lower IS DISTINCT FROM b.share_upper)
               AS is_hidden,
           marts.krugman_lower(r.share_lower, r.share_upper, b.share_lower, b.share_upper) AS krugman_lower,
           marts.krugman_upper(r.share_lower, r.share_upper, b.share_lower, b.share_upper)
               * if(r.region_id = b.region_id, 0, 1) AS krugman_upper  -- the benchmark does not differ from itself
    FROM shares r JOIN shares b USING (kind, sector_scheme, sector_id, reference_date)
    WHERE kind = 'sector' AND b.region_id IN ('05', 'DE') AND NOT (b.region_id = '05' AND r.region_id = 'DE')
    GROUP BY r.region_id, b.region_id, sector_scheme, reference_date
),
measured AS (
    FROM own
    UNION ALL BY NAME FROM variety
    UNION ALL BY NAME
    SELECT * EXCLUDE (krugman_lower, krugman_upper),
           unnest([
               {measure: 'krugman', value_lower: krugman_lower, value_upper: krugman_upper},
               {measure: 'hoover', value_lower: marts.hoover(krugman_lower), value_upper: marts.hoover(krugman_upper)}
           ], recursive := true)
    FROM difference
)
SELECT region_id, measure, benchmark_id, sector_scheme, reference_date,
       if(value_lower = value_upper, value_lower, NULL) AS value, value_lower, value_upper,
       CASE WHEN is_gap THEN 'not_available' WHEN value_lower = value_upper THEN 'derived'
            WHEN is_hidden THEN 'suppressed' ELSE 'undefined' END AS status
FROM measured
ORDER BY sector_scheme, reference_date, measure, benchmark_id, region_id
