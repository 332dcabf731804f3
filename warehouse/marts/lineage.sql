-- The printed cells behind each indicator value; a value of the Ruhr has one row per term and Kreis, a topic one per
-- sector that counts for it and per printed part of such a sector, its quotient the total of the region too. The
-- benchmark of a quotient is not repeated here: its cells are those of topic_employees for 05.
WITH member AS (
    SELECT region_id, region_id AS whole_id FROM marts.region WHERE region_id <> 'RUHR'
    UNION ALL
    SELECT region_id, 'RUHR' FROM marts.region WHERE level = 'kreis' AND in_ruhr
),
-- Topics: NRW is the sum of its Kreise in a table that does not print it.
topic_member AS (
    FROM member
    UNION ALL
    SELECT region_id, '05' FROM marts.region WHERE level = 'kreis'
),
printed AS (
    SELECT v.indicator_id, v.region_id, v.reference_date, cell.region_id AS input_region_id,
           cell.dataset AS input_dataset, cell.variable AS input_variable, cell.dimensions AS input_dimensions,
           cell.value AS input_value, cell.status, cell.delivery_id, cell.locator
    FROM marts.indicator_value v
    JOIN member ON member.whole_id = v.region_id
    JOIN indicator_input cell
        ON cell.indicator_id = v.indicator_id AND cell.dataset = v.dataset AND cell.basis = v.basis
        AND cell.reference_date = v.reference_date AND cell.region_id = member.region_id
    WHERE cell.role <> 'numerator' OR v.region_id = 'RUHR'
),
with_parts AS (  -- a sector, and what is printed of it where that does not add up to it
    SELECT sector_scheme, sector_id, sector_id AS cell_id FROM marts.sector
    UNION ALL
    SELECT whole.sector_scheme, whole.sector_id, part.sector_id
    FROM marts.sector whole JOIN marts.sector part
        ON part.sector_scheme = whole.sector_scheme AND part.parent_id = whole.sector_id
    WHERE whole.children = 'partial'
),
topic AS (
    SELECT v.indicator_id, v.region_id, v.reference_date, e.region_id AS input_region_id,
           e.sector_scheme AS input_dataset, 'employees' AS input_variable, 'sector=' || e.sector_id AS input_dimensions,
           e.employees AS input_value, e.status, e.delivery_id, e.locator
    FROM marts.indicator_value v
    JOIN topic_member member ON member.whole_id = v.region_id
    JOIN marts.sector_weight w
        ON w.kind = 'topic' AND ends_with(v.indicator_id, '.' || w.target_id)
        AND v.dataset = 'crosswalk_employment/' || w.sector_scheme
    LEFT JOIN marts.leaf_sector leaf
        ON leaf.sector_scheme = w.sector_scheme AND leaf.sector_id = w.sector_id
        AND leaf.reference_date = v.reference_date
    JOIN with_parts cell ON cell.sector_scheme = w.sector_scheme AND cell.sector_id = w.sector_id
    JOIN marts.employment e
        ON e.sector_scheme = w.sector_scheme AND e.sector_id = cell.cell_id
        AND e.reference_date = v.reference_date AND e.region_id = member.region_id
    LEFT JOIN marts.employment whole
        ON whole.sector_scheme = w.sector_scheme AND whole.sector_id = cell.cell_id
        AND whole.reference_date = v.reference_date AND whole.region_id = v.region_id
    WHERE e.delivery_id IS NOT NULL
      AND (leaf.sector_id IS NOT NULL AND w.weight_upper > 0
           OR e.sector_id = 'TOTAL' AND starts_with(v.indicator_id, 'topic_location_quotient'))
      AND (member.region_id = v.region_id OR whole.delivery_id IS NULL)
)
FROM printed UNION ALL FROM topic
