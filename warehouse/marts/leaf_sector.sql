-- The finest printed sectors that add up to the total of a table, so that nothing is counted twice: walking down from
-- the total, a sector is divided only where the codes below it add up to it and the table prints one of them, or one
-- below them: a special evaluation may print divisions without their sections.
WITH RECURSIVE printed AS (
    SELECT DISTINCT sector_scheme, sector_id, reference_date FROM marts.employment WHERE delivery_id IS NOT NULL
),
tree AS (
    SELECT sector_scheme, sector_id, children, []::VARCHAR[] AS above FROM marts.sector WHERE parent_id IS NULL
    UNION ALL
    SELECT s.sector_scheme, s.sector_id, s.children, list_append(tree.above, tree.sector_id)
    FROM tree JOIN marts.sector s ON s.sector_scheme = tree.sector_scheme AND s.parent_id = tree.sector_id
    WHERE tree.children IN ('complete', 'all_but_not_stated')
),
divided AS (
    SELECT DISTINCT sector_scheme, unnest(above) AS sector_id, reference_date
    FROM tree JOIN printed USING (sector_scheme, sector_id)
)
SELECT printed.sector_scheme, printed.sector_id, printed.reference_date
FROM printed SEMI JOIN tree USING (sector_scheme, sector_id)
ANTI JOIN divided USING (sector_scheme, sector_id, reference_date)
ORDER BY ALL
