SELECT region_id, name, level, in_ruhr = 'true' AS in_ruhr, nullif(nuts3, '') AS nuts3,
       nullif(parent_id, '') AS parent_id, source
FROM reference_regions
ORDER BY level = 'kreis' DESC, region_id
