-- Every cell an indicator may be computed from: one row per indicator, source table, term and printed region.
-- A temporary table, shared by marts.indicator_value and meta.lineage.
SELECT term.indicator_id, term.source_rank, term.term, term.role, term.times, term.terms, term.ruhr, term.rounding,
       cell.region_id, cell.reference_date, if(cell.basis LIKE 'WZ%', '', cell.basis) AS basis,  -- a total has no sectors
       cell.dataset, cell.variable, cell.dimensions, cell.value, cell.status, cell.delivery_id, cell.locator
FROM meta.indicator_term term
JOIN history.latest cell
    ON cell.dataset = term.dataset AND cell.variable = term.variable AND cell.dimensions = term.dimensions
    AND coalesce(cell.sector_scheme || '/' || cell.sector_id, '') = term.sector
