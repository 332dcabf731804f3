-- Share of a sector that counts for a topic or lead market, through the weights of its WZ divisions: an interval where
-- its divisions differ. "Not stated" has no division and belongs to no target.
WITH division AS (
    SELECT sector_scheme, sector_id, unnest(if(len(covered) = 0, [NULL], covered)) AS division
    FROM (SELECT sector_scheme, sector_id, list_concat(divisions, partial_divisions) AS covered FROM marts.sector)
)
SELECT t.kind, t.target_id, d.sector_scheme, d.sector_id,
       min(coalesce(c.weight, 0)) AS weight_lower, max(coalesce(c.weight, 0)) AS weight_upper,
       (SELECT crosswalk_version FROM reference_analysis) AS crosswalk_version
FROM division d
CROSS JOIN (SELECT DISTINCT kind, target_id FROM reference_crosswalk) t
LEFT JOIN reference_crosswalk c ON c.kind = t.kind AND c.target_id = t.target_id AND c.division = d.division
GROUP BY ALL
ORDER BY ALL
