-- Employees of every region, sector and date: exact, or the interval that the printed margins of the same table
-- leave to a suppressed cell. A suppressed cell lies between 0 and what remains
--   (a) of its nearest printed ancestor in the sector hierarchy after the known sectors beside it, and
--   (b) of the printed figure for NRW after the known Kreise, where the table prints NRW.
-- The margins are those of the delivery that hides the cell: an earlier or later one may have counted anew.
-- The lower bound stays 0 even where the margins leave one value only: the publisher hid it, so do we.
WITH RECURSIVE cell AS (
    SELECT dataset, region_id, sector_scheme, sector_id, reference_date, value, status, basis, delivery_id, locator
    FROM history.latest
    WHERE variable = 'employees' AND sector_scheme IS NOT NULL AND dimensions = ''
),
-- Which sectors a table prints at a date (every region has the same), and each one's nearest printed ancestor.
printed AS (
    SELECT DISTINCT dataset, sector_scheme, sector_id, reference_date FROM cell
),
ancestor AS (
    SELECT sector_scheme, sector_id, parent_id AS ancestor_id, 1 AS distance
    FROM marts.sector WHERE parent_id IS NOT NULL
    UNION ALL
    SELECT ancestor.sector_scheme, ancestor.sector_id, sector.parent_id, distance + 1
    FROM ancestor JOIN marts.sector
        ON sector.sector_scheme = ancestor.sector_scheme AND sector.sector_id = ancestor.ancestor_id
    WHERE sector.parent_id IS NOT NULL
),
printed_parent AS (
    SELECT p.dataset, p.sector_scheme, p.sector_id, p.reference_date,
           arg_min(a.ancestor_id, a.distance) AS parent_id
    FROM printed p
    JOIN ancestor a USING (sector_scheme, sector_id)
    JOIN printed above
        ON above.dataset = p.dataset AND above.reference_date = p.reference_date
        AND above.sector_scheme = p.sector_scheme AND above.sector_id = a.ancestor_id
    GROUP BY ALL
),
-- The few hidden cells are bounded apart from the many known ones.
suppressed AS (
    SELECT * FROM cell WHERE status = 'suppressed'
),
known_children AS (
    SELECT dataset, delivery_id, region_id, sector_scheme, reference_date, parent_id, sum(value) AS employees
    FROM cell JOIN printed_parent USING (dataset, sector_scheme, sector_id, reference_date)
    GROUP BY ALL
),
hidden AS (
    SELECT dataset, delivery_id, region_id, sector_scheme, sector_id, reference_date, parent_id,
           coalesce(known_children.employees, 0) AS known_beside
    FROM suppressed
    JOIN printed_parent USING (dataset, sector_scheme, sector_id, reference_date)
    LEFT JOIN known_children USING (dataset, delivery_id, region_id, sector_scheme, reference_date, parent_id)
),
parent AS (
    SELECT * FROM cell SEMI JOIN (SELECT DISTINCT sector_scheme, parent_id AS sector_id FROM printed_parent)
        USING (sector_scheme, sector_id)
),
-- Top down: the remainder of a hidden parent is at most the remainder that its own parent leaves it.
remainder AS (
    SELECT h.dataset, h.delivery_id, h.region_id, h.sector_scheme, h.sector_id, h.reference_date,
           parent.value - h.known_beside AS employees_upper
    FROM hidden h
    JOIN parent
        ON parent.dataset = h.dataset AND parent.delivery_id = h.delivery_id AND parent.region_id = h.region_id
        AND parent.sector_scheme = h.sector_scheme AND parent.sector_id = h.parent_id
        AND parent.reference_date = h.reference_date
    WHERE parent.value IS NOT NULL
    UNION ALL
    SELECT h.dataset, h.delivery_id, h.region_id, h.sector_scheme, h.sector_id, h.reference_date,
           r.employees_upper - h.known_beside
    FROM remainder r
    JOIN hidden h
        ON h.dataset = r.dataset AND h.delivery_id = r.delivery_id AND h.region_id = r.region_id AND h.sector_scheme = r.sector_scheme
        AND h.parent_id = r.sector_id AND h.reference_date = r.reference_date
),
known_in_kreise AS (
    SELECT dataset, delivery_id, sector_scheme, sector_id, reference_date, coalesce(sum(value), 0) AS employees
    FROM cell SEMI JOIN (FROM marts.region WHERE level = 'kreis') USING (region_id)
    GROUP BY ALL
),
left_by_nrw AS (
    SELECT dataset, delivery_id, sector_scheme, sector_id, reference_date,
           greatest(0, nrw.value - known.employees) AS employees_upper
    FROM cell nrw JOIN known_in_kreise known USING (dataset, delivery_id, sector_scheme, sector_id, reference_date)
    WHERE nrw.region_id = '05' AND nrw.value IS NOT NULL
),
hidden_bounds AS (
    SELECT suppressed.*, 0 AS employees_lower,
           if(region_id IN ('05', 'DE'), NULL, left_by_nrw.employees_upper) AS nrw_leaves,
           least(remainder.employees_upper, nrw_leaves) AS margin,
           -- not greatest(0, margin): that would make 0 of a margin that is not printed
           if(margin < 0, 0, margin) AS employees_upper
    FROM suppressed
    LEFT JOIN remainder USING (dataset, delivery_id, region_id, sector_scheme, sector_id, reference_date)
    LEFT JOIN left_by_nrw USING (dataset, delivery_id, sector_scheme, sector_id, reference_date)
),
bounded AS NOT MATERIALIZED (
    SELECT *, value AS employees_lower, value AS employees_upper FROM cell WHERE status <> 'suppressed'
    UNION ALL BY NAME
    SELECT * EXCLUDE (margin) FROM hidden_bounds
),
-- Sums over Kreise: only where every member is printed, on one basis. The Ruhr has 15 members, NRW 53. Members hidden
-- by one delivery have together no more than NRW leaves them there.
membership AS (
    SELECT region_id, '05' AS whole_id FROM marts.region WHERE level = 'kreis'
    UNION ALL
    SELECT region_id, 'RUHR' FROM marts.region WHERE level = 'kreis' AND in_ruhr
),
whole AS (
    SELECT whole_id, count(*) AS members FROM membership GROUP BY whole_id
),
-- A published figure goes first, whichever table prints it.
to_sum AS (
    SELECT DISTINCT sector_scheme, sector_id, reference_date, whole_id, members FROM printed CROSS JOIN whole
    ANTI JOIN (SELECT * FROM cell WHERE region_id IN (SELECT whole_id FROM whole)) published
        ON published.region_id = whole_id AND published.sector_scheme = printed.sector_scheme
        AND published.sector_id = printed.sector_id AND published.reference_date = printed.reference_date
),
summed AS (
    SELECT whole_id AS region_id, sector_scheme, sector_id, reference_date, basis,
           bool_or(status = 'not_available') AS has_gap,
           bool_or(status = 'suppressed') AS has_suppressed,
           sum(employees_lower) AS employees_lower,
           if(count(DISTINCT delivery_id) FILTER (status = 'suppressed') = 1,
              sum(employees_lower) + any_value(nrw_leaves), NULL) AS margin,
           if(count(*) = count(employees_upper), least(sum(employees_upper), margin), NULL) AS employees_upper
    FROM bounded
    JOIN membership USING (region_id)
    JOIN to_sum USING (whole_id, sector_scheme, sector_id, reference_date)
    GROUP BY dataset, whole_id, members, sector_scheme, sector_id, reference_date, basis
    HAVING count(*) = members
)
SELECT region_id, sector_scheme, sector_id, reference_date, value AS employees, employees_lower, employees_upper,
       status, basis, delivery_id, locator
FROM bounded
UNION ALL BY NAME
SELECT region_id, sector_scheme, sector_id, reference_date,
       if(has_gap OR has_suppressed, NULL, employees_lower) AS employees,
       if(has_gap, NULL, employees_lower) AS employees_lower,
       if(has_gap, NULL, employees_upper) AS employees_upper,
       CASE WHEN has_gap THEN 'not_available' WHEN has_suppressed THEN 'suppressed' ELSE 'derived' END AS status,
       basis
FROM summed
