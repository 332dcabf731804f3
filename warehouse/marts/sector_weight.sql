-- Share of a sector that counts for a topic or lead market, through the weights of its WZ divisions: an interval where
-- its divisions differ. "Not stated" has no division and belongs to no target. Of a sector whose printed parts do not add
-- up to it, also the share of what they leave: B-E without C.
WITH division AS (
    SELECT sector_scheme, sector_id, parent_id, children, unnest(if(len(covered) = 0, [NULL], covered)) AS division
    FROM (SELECT *, list_concat(divisions, partial_divisions) AS covered FROM marts.sector)
),
below AS (
    SELECT DISTINCT sector_scheme, parent_id AS sector_id, division, true AS is_below
    FROM division WHERE parent_id IS NOT NULL
)
SELECT t.kind, t.target_id, d.sector_scheme, d.sector_id,
       min(coalesce(c.weight, 0)) AS weight_lower, max(coalesce(c.weight, 0)) AS weight_upper,
       min(coalesce(c.weight, 0)) FILTER (d.children = 'partial' AND b.is_below IS NULL) AS rest_weight_lower,
       max(coalesce(c.weight, 0)) FILTER (d.children = 'partial' AND b.is_below IS NULL) AS rest_weight_upper,
       (SELECT crosswalk_version FROM reference_analysis) AS crosswalk_version
FROM division d
LEFT JOIN below b USING (sector_scheme, sector_id, division)
CROSS JOIN (SELECT DISTINCT kind, target_id FROM reference_crosswalk) t
LEFT JOIN reference_crosswalk c ON c.kind = t.kind AND c.target_id = t.target_id AND c.division = d.division
GROUP BY ALL
ORDER BY ALL
