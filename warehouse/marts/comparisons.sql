-- Table macros for analysts: growth between any two dates. Values of different bases are not compared: the query stops
-- with a message, unless marts.bridge holds a decided way across, whose results are marked `estimated`.

CREATE MACRO marts.growth_between(from_day, to_day) AS TABLE
SELECT s.region_id, s.sector_scheme, s.sector_id, s.reference_date AS from_date, t.reference_date AS to_date,
       marts.growth_rate(s.employees, t.employees) AS growth_rate,
       marts.growth_rate_lower(s.employees_upper, t.employees_lower) AS growth_rate_lower,
       marts.growth_rate_upper(s.employees_lower, t.employees_upper) AS growth_rate_upper
FROM marts.employment s
JOIN marts.employment t USING (region_id, sector_scheme, sector_id)
WHERE s.reference_date = from_day AND t.reference_date = to_day
  AND marts.same_basis(s.basis, t.basis);

CREATE MACRO marts.indicator_change(indicator, from_day, to_day) AS TABLE
SELECT s.indicator_id, s.region_id, s.reference_date AS from_date, t.reference_date AS to_date,
       s.value AS from_value, t.value AS to_value, t.value - s.value AS difference,
       marts.growth_rate(s.value, t.value) AS growth_rate, t.basis
FROM marts.indicator_value s
JOIN marts.indicator_value t USING (indicator_id, region_id)
WHERE s.indicator_id = indicator AND s.reference_date = from_day AND t.reference_date = to_day
  AND marts.same_basis(s.basis, t.basis);

-- Values carried across a break by the decided weights: employees by sector, or an indicator by region.
CREATE MACRO marts.employment_bridged(target_basis) AS TABLE
SELECT e.region_id, split_part(b.to_id, '/', 1) AS sector_scheme, split_part(b.to_id, '/', 2) AS sector_id,
       e.reference_date, if(count(e.employees) = count(*), sum(e.employees * b.weight), NULL) AS employees,
       sum(e.employees_lower * b.weight) AS employees_lower,
       if(count(e.employees_upper) = count(*), sum(e.employees_upper * b.weight), NULL) AS employees_upper,
       'estimated' AS status, b.to_basis AS basis
FROM marts.employment e
JOIN marts.bridge b ON b.from_basis = e.basis AND b.from_id = e.sector_scheme || '/' || e.sector_id
WHERE b.to_basis = target_basis
GROUP BY e.region_id, b.to_id, e.reference_date, b.to_basis;

CREATE MACRO marts.indicator_bridged(indicator, target_basis) AS TABLE
SELECT v.indicator_id, v.region_id, v.reference_date, v.value * b.weight AS value, 'estimated' AS status,
       b.to_basis AS basis
FROM marts.indicator_value v
JOIN marts.bridge b ON b.from_basis = v.basis AND b.from_id = v.region_id AND b.to_id = v.region_id
WHERE v.indicator_id = indicator AND b.to_basis = target_basis;
