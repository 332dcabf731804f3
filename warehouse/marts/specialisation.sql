-- Location quotient of every sector, against NRW and, where the same table prints it, Germany.
WITH total AS (
    SELECT region_id, sector_scheme, reference_date, employees
    FROM marts.employment WHERE sector_id = 'TOTAL' AND employees IS NOT NULL
),
pair AS (
    SELECT r.region_id, b.region_id AS benchmark_id, sector_scheme, sector_id, reference_date, r.employees,
           r.employees_lower AS r_lower, r.employees_upper AS r_upper, e_i.employees AS e_i,
           b.employees AS e_bj, b.employees_lower AS b_lower, b.employees_upper AS b_upper, e_b.employees AS e_b,
           b.delivery_id IS NULL OR b.region_id = r.region_id AS is_part  -- of a sum, or of itself
    FROM marts.employment r
    JOIN marts.employment b USING (sector_scheme, sector_id, reference_date)
    JOIN total e_i ON e_i.region_id = r.region_id AND e_i.sector_scheme = r.sector_scheme
        AND e_i.reference_date = r.reference_date
    JOIN total e_b ON e_b.region_id = b.region_id AND e_b.sector_scheme = b.sector_scheme
        AND e_b.reference_date = b.reference_date
    WHERE b.region_id IN ('05', 'DE') AND sector_id <> 'TOTAL' AND r.basis = b.basis
        AND NOT (b.region_id = '05' AND r.region_id = 'DE')
)
SELECT region_id, benchmark_id, sector_scheme, sector_id, reference_date, employees,
       marts.share(employees, e_i) AS share,
       marts.share(e_bj, e_b) AS benchmark_share,
       marts.location_quotient(employees, e_i, e_bj, e_b) AS location_quotient,
       CASE WHEN employees IS NOT NULL AND e_bj IS NOT NULL
                THEN marts.location_quotient(employees, e_i, e_bj, e_b)
            WHEN is_part
                THEN marts.location_quotient_lower_in_sum(r_lower, r_upper, e_i, b_upper, e_b)
            ELSE marts.location_quotient(r_lower, e_i, b_upper, e_b) END AS location_quotient_lower,
       CASE WHEN employees IS NOT NULL AND e_bj IS NOT NULL
                THEN marts.location_quotient(employees, e_i, e_bj, e_b)
            WHEN is_part
                THEN marts.location_quotient_upper_in_sum(r_lower, r_upper, e_i, b_lower, e_b)
            ELSE marts.location_quotient(r_upper, e_i, b_lower, e_b) END AS location_quotient_upper
FROM pair
