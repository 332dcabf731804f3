-- The rankings under the filter in force (reference/analysis.yaml); coarse schemes have no filter.
SELECT * EXCLUDE (filter)
FROM marts.ranking_variant
WHERE filter = (SELECT filter FROM reference_analysis) OR sector_scheme <> 'wz08-2'
