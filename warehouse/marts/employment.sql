-- Employees of every region, sector and date: exact, or the interval that the printed margins of the same table
-- leave to a suppressed cell. A suppressed cell lies between 0 and what remains
--   (a) of its nearest printed ancestor in the sector hierarchy after the known sectors beside it, and
--   (b) of the printed figure for NRW after the known Kreise, where the table prints NRW.
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
placed AS (
    SELECT cell.*, printed_parent.parent_id
    FROM cell LEFT JOIN printed_parent USING (dataset, sector_scheme, sector_id, reference_date)
),
known_children AS (
    SELECT dataset, region_id, sector_scheme, reference_date, parent_id, sum(value) AS employees
    FROM placed WHERE parent_id IS NOT NULL
    GROUP BY ALL
),
hidden AS (
    SELECT placed.*, coalesce(known_children.employees, 0) AS known_beside
    FROM placed LEFT JOIN known_children USING (dataset, region_id, sector_scheme, reference_date, parent_id)
    WHERE placed.status = 'suppressed'
),
-- Top down: the remainder of a hidden parent is at most the remainder that its own parent leaves it.
remainder AS (
    SELECT h.dataset, h.region_id, h.sector_scheme, h.sector_id, h.reference_date,
           parent.value - h.known_beside AS employees_upper
    FROM hidden h
    JOIN cell parent
        ON parent.dataset = h.dataset AND parent.region_id = h.region_id
        AND parent.sector_scheme = h.sector_scheme AND parent.sector_id = h.parent_id
        AND parent.reference_date = h.reference_date
    WHERE parent.value IS NOT NULL
    UNION ALL
    SELECT h.dataset, h.region_id, h.sector_scheme, h.sector_id, h.reference_date,
           r.employees_upper - h.known_beside
    FROM remainder r
    JOIN hidden h
        ON h.dataset = r.dataset AND h.region_id = r.region_id AND h.sector_scheme = r.sector_scheme
        AND h.parent_id = r.sector_id AND h.reference_date = r.reference_date
),
left_by_nrw AS (
    SELECT nrw.dataset, nrw.sector_scheme, nrw.sector_id, nrw.reference_date,
           any_value(nrw.value) - coalesce(sum(kreis.value), 0) AS employees_upper
    FROM cell nrw
    JOIN cell kreis USING (dataset, sector_scheme, sector_id, reference_date)
    JOIN marts.region ON region.region_id = kreis.region_id AND region.level = 'kreis'
    WHERE nrw.region_id = '05' AND nrw.value IS NOT NULL
    GROUP BY ALL
),
bounded AS (
    SELECT cell.*, if(cell.status = 'suppressed', 0, cell.value) AS employees_lower,
           least(remainder.employees_upper,
                 if(cell.region_id IN ('05', 'DE'), NULL, left_by_nrw.employees_upper)) AS margin,
           -- not greatest(0, margin): that would make 0 of a margin that is not printed
           if(cell.status = 'suppressed', if(margin < 0, 0, margin), cell.value) AS employees_upper
    FROM cell
    LEFT JOIN remainder USING (dataset, region_id, sector_scheme, sector_id, reference_date)
    LEFT JOIN left_by_nrw USING (dataset, sector_scheme, sector_id, reference_date)
),
-- Sums over Kreise: only where every member is printed, on one basis. The Ruhr has 15 members, NRW 53.
membership AS (
    SELECT region_id, '05' AS whole_id FROM marts.region WHERE level = 'kreis'
    UNION ALL
    SELECT region_id, 'RUHR' FROM marts.region WHERE level = 'kreis' AND in_ruhr
),
whole AS (
    SELECT whole_id, count(*) AS members FROM membership GROUP BY whole_id
),
summed AS (
    SELECT whole_id AS region_id, sector_scheme, sector_id, reference_date, basis,
           bool_or(status = 'not_available') AS has_gap,
           bool_or(status = 'suppressed') AS has_suppressed,
           sum(employees_lower) AS employees_lower,
           if(count(*) = count(employees_upper), sum(employees_upper), NULL) AS employees_upper
    FROM bounded
    JOIN membership USING (region_id)
    JOIN whole USING (whole_id)
    GROUP BY dataset, whole_id, whole.members, sector_scheme, sector_id, reference_date, basis
    HAVING count(*) = whole.members
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
ANTI JOIN bounded USING (region_id, sector_scheme, sector_id, reference_date)  -- a published figure goes first
ORDER BY sector_scheme, reference_date, region_id, sector_id
