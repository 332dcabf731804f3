-- The cells behind each indicator value; a value of the Ruhr has one row per term and Kreis.
SELECT v.indicator_id, v.region_id, v.reference_date, cell.region_id AS input_region_id,
       cell.dataset AS input_dataset, cell.variable AS input_variable, cell.dimensions AS input_dimensions,
       cell.value AS input_value, cell.status, cell.delivery_id, cell.locator
FROM marts.indicator_value v
JOIN indicator_input cell
    ON cell.indicator_id = v.indicator_id AND cell.dataset = v.dataset
    AND cell.reference_date = v.reference_date AND cell.basis = v.basis
LEFT JOIN marts.region kreis ON kreis.region_id = cell.region_id
WHERE cell.region_id = v.region_id OR (v.region_id = 'RUHR' AND kreis.level = 'kreis' AND kreis.in_ruhr)
ORDER BY ALL
