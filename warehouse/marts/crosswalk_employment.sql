-- Employees and location quotient of the six topics and the nine lead markets, from every sector scheme, through the
-- crosswalk of WZ divisions. A leaf sector counts with the weight of its divisions; where they differ (a coarse sector
-- that only partly belongs to a topic) the result is an interval between the smallest and the largest weight. Where the
-- table prints a part of such a sector (C of B-E), the part and what it leaves count for themselves.
--
-- Hidden leaves below the same printed ancestor share its remainder R: together they count between R times the smallest
-- and R times the largest of their weights, which is what linear programming over these margins gives. A single hidden
-- leaf counts from 0, and so does a remainder that may hold employees of no sector: what is hidden stays hidden.
WITH RECURSIVE
tree AS (  -- the sectors that partition the total, from the top down to the finest that add up
    SELECT sector_scheme, sector_id, NULL::VARCHAR AS parent_id, children FROM marts.sector WHERE parent_id IS NULL
    UNION ALL
    SELECT s.sector_scheme, s.sector_id, s.parent_id, s.children
    FROM tree JOIN marts.sector s ON s.sector_scheme = tree.sector_scheme AND s.parent_id = tree.sector_id
    WHERE tree.children IN ('complete', 'all_but_not_stated')
),
ancestor AS (
    SELECT sector_scheme, sector_id, parent_id AS ancestor_id, 1 AS distance FROM tree WHERE parent_id IS NOT NULL
    UNION ALL
    SELECT a.sector_scheme, a.sector_id, t.parent_id, distance + 1
    FROM ancestor a JOIN tree t ON t.sector_scheme = a.sector_scheme AND t.sector_id = a.ancestor_id
    WHERE t.parent_id IS NOT NULL
),
cell AS (
    SELECT e.region_id, e.sector_scheme, e.sector_id, e.reference_date, e.employees, e.status, e.basis, e.delivery_id,
           tree.children
    FROM marts.employment e JOIN tree USING (sector_scheme, sector_id)
    WHERE e.delivery_id IS NOT NULL
),
scheme_size AS (
    SELECT sector_scheme, count(*) AS sectors FROM tree GROUP BY sector_scheme
),
whole_table AS (  -- tables in which every sector of the tree has a row, so that hidden sectors fill the remainder
    SELECT region_id, sector_scheme, reference_date, count(*) = any_value(sectors) AS is_whole,
           count(DISTINCT delivery_id) > 1 AS is_mixed  -- another delivery may have counted anew
    FROM cell JOIN scheme_size USING (sector_scheme) GROUP BY ALL
),
anchored AS (  -- every cell with its nearest known ancestor
    SELECT c.region_id, c.sector_scheme, c.sector_id, c.reference_date, any_value(c.employees) AS employees,
           any_value(c.status) AS status, arg_min(k.sector_id, distance) AS anchor_id,
           arg_min(k.employees, distance) AS anchor_employees, arg_min(k.children, distance) AS anchor_children
    FROM cell c
    JOIN ancestor a USING (sector_scheme, sector_id)
    JOIN cell k ON k.region_id = c.region_id AND k.sector_scheme = c.sector_scheme AND k.sector_id = a.ancestor_id
        AND k.reference_date = c.reference_date AND k.employees IS NOT NULL
    GROUP BY c.region_id, c.sector_scheme, c.sector_id, c.reference_date
),
leaf AS (
    SELECT anchored.* FROM anchored SEMI JOIN marts.leaf_sector USING (sector_scheme, sector_id, reference_date)
),
part AS (  -- what the table of a leaf prints below it without adding up to it
    SELECT c.region_id, c.sector_scheme, c.reference_date, whole.sector_id, c.sector_id AS part_id, c.employees
    FROM marts.employment c
    JOIN marts.sector s USING (sector_scheme, sector_id)
    JOIN cell whole ON whole.region_id = c.region_id AND whole.sector_scheme = c.sector_scheme
        AND whole.sector_id = s.parent_id AND whole.reference_date = c.reference_date
        AND whole.delivery_id = c.delivery_id AND whole.children = 'partial'
    WHERE c.employees IS NOT NULL
),
divided AS (  -- leaves of which all parts are known
    SELECT l.region_id, l.sector_scheme, l.reference_date, l.sector_id, l.employees - sum(p.employees) AS rest
    FROM leaf l
    JOIN part p USING (region_id, sector_scheme, reference_date, sector_id)
    JOIN (SELECT sector_scheme, parent_id AS sector_id, count(*) AS parts FROM marts.sector GROUP BY ALL)
        USING (sector_scheme, sector_id)
    GROUP BY l.region_id, l.sector_scheme, l.reference_date, l.sector_id, l.employees
    HAVING count(*) = any_value(parts) AND rest >= 0
),
counted AS (
    SELECT kind, target_id, region_id, sector_scheme, reference_date, employees, weight_lower, weight_upper
    FROM leaf ANTI JOIN divided USING (region_id, sector_scheme, reference_date, sector_id)
    JOIN marts.sector_weight USING (sector_scheme, sector_id)
    UNION ALL
    SELECT kind, target_id, region_id, sector_scheme, reference_date, employees, weight_lower, weight_upper
    FROM part SEMI JOIN divided USING (region_id, sector_scheme, reference_date, sector_id)
    JOIN marts.sector_weight w ON w.sector_scheme = part.sector_scheme AND w.sector_id = part.part_id
    UNION ALL
    SELECT kind, target_id, region_id, sector_scheme, reference_date, rest, rest_weight_lower, rest_weight_upper
    FROM divided JOIN marts.sector_weight USING (sector_scheme, sector_id)
),
known_part AS (
    SELECT kind, target_id, region_id, sector_scheme, reference_date,
           -- 0 where every leaf is hidden
           coalesce(marts.ordered_sum(employees * weight_lower), 0) AS employees_lower,
           coalesce(marts.ordered_sum(employees * weight_upper), 0) AS employees_upper
    FROM counted
    GROUP BY ALL
),
remainder AS (
    SELECT a.region_id, a.sector_scheme, a.reference_date, a.anchor_id,
           greatest(0, any_value(a.anchor_employees) - coalesce(sum(a.employees), 0)) AS employees,
           any_value(a.anchor_children) = 'complete' AND any_value(w.is_whole)
               AND bool_and(a.status <> 'not_available') AS is_filled
    FROM anchored a JOIN whole_table w USING (region_id, sector_scheme, reference_date)
    GROUP BY ALL
),
hidden_group AS (
    SELECT kind, target_id, l.region_id, l.sector_scheme, l.reference_date, l.anchor_id,
           if(count(*) = 1 OR NOT any_value(r.is_filled), 0, any_value(r.employees) * min(weight_lower)) AS lower_part,
           any_value(r.employees) * max(weight_upper) AS upper_part
    FROM leaf l
    JOIN marts.sector_weight USING (sector_scheme, sector_id)
    JOIN remainder r ON r.region_id = l.region_id AND r.sector_scheme = l.sector_scheme
        AND r.reference_date = l.reference_date AND r.anchor_id = l.anchor_id
    WHERE l.status = 'suppressed'
    GROUP BY kind, target_id, l.region_id, l.sector_scheme, l.reference_date, l.anchor_id
),
hidden_part AS (
    SELECT kind, target_id, region_id, sector_scheme, reference_date,
           marts.ordered_sum(lower_part) AS lower_part, marts.ordered_sum(upper_part) AS upper_part
    FROM hidden_group GROUP BY ALL
),
gap AS (  -- a missing figure in a counted leaf gives no result, nor a hidden one whose margins another delivery prints
    SELECT DISTINCT kind, target_id, region_id, sector_scheme, reference_date
    FROM leaf JOIN marts.sector_weight USING (sector_scheme, sector_id)
    JOIN whole_table USING (region_id, sector_scheme, reference_date)
    WHERE (status = 'not_available' OR status = 'suppressed' AND is_mixed) AND weight_upper > 0
),
printed AS (
    SELECT k.kind, k.target_id, k.region_id, k.sector_scheme, k.reference_date,
           k.employees_lower + coalesce(h.lower_part, 0) AS employees_lower,
           k.employees_upper + coalesce(h.upper_part, 0) AS employees_upper,
           coalesce(h.upper_part > 0, false) AS is_hidden
    FROM known_part k
    LEFT JOIN hidden_part h USING (kind, target_id, region_id, sector_scheme, reference_date)
    ANTI JOIN gap USING (kind, target_id, region_id, sector_scheme, reference_date)
),
membership AS (
    SELECT region_id, '05' AS whole_id FROM marts.region WHERE level = 'kreis'
    UNION ALL
    SELECT region_id, 'RUHR' FROM marts.region WHERE level = 'kreis' AND in_ruhr
),
summed AS (
    SELECT kind, target_id, whole_id AS region_id, sector_scheme, reference_date,
           marts.ordered_sum(employees_lower) AS employees_lower,
           marts.ordered_sum(employees_upper) AS employees_upper,
           bool_or(is_hidden) AS is_hidden
    FROM printed
    JOIN membership USING (region_id)
    JOIN (SELECT whole_id, count(*) AS members FROM membership GROUP BY ALL) USING (whole_id)
    GROUP BY ALL
    HAVING count(*) = any_value(members)
),
bounded AS (
    SELECT *, false AS is_sum FROM printed
    UNION ALL BY NAME
    SELECT *, true AS is_sum FROM summed
    ANTI JOIN printed USING (kind, target_id, region_id, sector_scheme, reference_date)
),
total AS (
    SELECT region_id, sector_scheme, reference_date, employees, basis FROM marts.employment
    WHERE sector_id = 'TOTAL' AND employees IS NOT NULL
),
compared AS (
    SELECT r.*, e_i.employees AS e_i, e_i.basis, b.region_id AS benchmark_id,
           -- Germany is no part of the sum over the Kreise of NRW
           r.region_id = '05' OR b.is_sum AND r.region_id <> 'DE' AS is_part,
           if(is_part,
              marts.location_quotient_lower_in_sum(r.employees_lower, r.employees_upper, e_i.employees,
                                                             b.employees_upper, e_b.employees),
              marts.location_quotient(r.employees_lower, e_i.employees, b.employees_upper, e_b.employees))
               AS location_quotient_lower,
           if(is_part,
              marts.location_quotient_upper_in_sum(r.employees_lower, r.employees_upper, e_i.employees,
                                                             b.employees_lower, e_b.employees),
              marts.location_quotient(r.employees_upper, e_i.employees, b.employees_lower, e_b.employees))
               AS location_quotient_upper
    FROM bounded r
    JOIN total e_i USING (region_id, sector_scheme, reference_date)
    LEFT JOIN bounded b ON b.region_id = '05' AND b.kind = r.kind AND b.target_id = r.target_id
        AND b.sector_scheme = r.sector_scheme AND b.reference_date = r.reference_date
    LEFT JOIN total e_b ON e_b.region_id = '05' AND e_b.sector_scheme = r.sector_scheme
        AND e_b.reference_date = r.reference_date
)
SELECT kind, target_id, region_id, sector_scheme, reference_date,
       if(employees_lower = employees_upper, employees_lower, NULL) AS employees, employees_lower, employees_upper,
       if(employees_lower = employees_upper, marts.share(employees_lower, e_i), NULL) AS share, benchmark_id,
       if(location_quotient_lower = location_quotient_upper, location_quotient_lower, NULL) AS location_quotient,
       location_quotient_lower, location_quotient_upper,
       CASE WHEN employees_lower = employees_upper THEN 'derived'
            WHEN is_hidden THEN 'suppressed' ELSE 'estimated' END AS status,
       basis, (SELECT any_value(crosswalk_version) FROM marts.sector_weight) AS crosswalk_version
FROM compared
