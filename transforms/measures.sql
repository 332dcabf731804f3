-- The measures, each defined once, as DuckDB macros. They live in schema `marts` of the published file, so
-- analysts can call them too: SELECT marts.location_quotient(1714, 79006, 879213, 15593224).

-- Share of a part in its whole; undefined for a whole of zero.
CREATE MACRO marts.share(part, whole) AS part / nullif(whole, 0);

-- Sum of fractions, added up in the order of the values, so that the last digit does not depend on threads (aggregate).
CREATE MACRO marts.ordered_sum(x) AS list_sum(list(x ORDER BY x));

-- The same, refused and not shortened where one of the rows is unknown (aggregate).
CREATE MACRO marts.complete_sum(x) AS if(count(x) = count(*), marts.ordered_sum(x), NULL);

-- Location quotient (Isserman 1977): share of sector j in region i over its share in benchmark b,
-- (e_ij / e_i) / (e_bj / e_b). Undefined where the benchmark has no employee in the sector.
CREATE MACRO marts.location_quotient(e_ij, e_i, e_bj, e_b) AS
    (e_ij / nullif(e_i, 0)) / nullif(e_bj / nullif(e_b, 0), 0);

-- Growth between two dates, e_t / e_s - 1. From zero it is undefined: neither 0 % nor infinite.
CREATE MACRO marts.growth_rate(e_s, e_t) AS e_t / nullif(e_s, 0) - 1;

-- Bounds of growth where either end is an interval. An interval that starts at zero has no upper bound.
CREATE MACRO marts.growth_rate_lower(s_upper, t_lower) AS marts.growth_rate(s_upper, t_lower);
CREATE MACRO marts.growth_rate_upper(s_lower, t_upper) AS marts.growth_rate(s_lower, t_upper);

-- Bounds of the location quotient when the region is itself part of a benchmark that is a sum of Kreise: the
-- unknown part of the region then stands in numerator and denominator, and the quotient rises with it. What is
-- unknown elsewhere in the benchmark ([b_lower - r_lower, b_upper - r_upper]) moves it the other way. Where nobody
-- works elsewhere, the quotient is the same for whatever the region has, and undefined only for zero.
CREATE MACRO marts.location_quotient_lower_in_sum(r_lower, r_upper, e_i, b_upper, e_b) AS
    coalesce(marts.location_quotient(r_lower, e_i, r_lower + (b_upper - r_upper), e_b),
             marts.location_quotient(r_upper, e_i, b_upper, e_b));
CREATE MACRO marts.location_quotient_upper_in_sum(r_lower, r_upper, e_i, b_lower, e_b) AS
    marts.location_quotient(r_upper, e_i, r_upper + (b_lower - r_lower), e_b);

-- Whether an interval lies above a border: true, false, or NULL where it crosses it. The border is not above.
CREATE MACRO marts.above(lower_bound, upper_bound, border) AS
    CASE WHEN lower_bound > border THEN true WHEN upper_bound <= border THEN false END;

-- Ratio of a sum of regions that print the ratio r and its numerator N but not the denominator: the denominators are
-- implied by N / r, so the ratio of the sum is ΣN / Σ(N / r), the harmonic mean of r weighted by N.
CREATE MACRO marts.implied_ratio(numerators, implied_denominators) AS
    numerators / nullif(implied_denominators, 0);

-- True where two values rest on the same basis; otherwise the query stops and says why.
CREATE MACRO marts.same_basis(basis_s, basis_t) AS
    CASE WHEN basis_s = basis_t THEN true
         ELSE error('These values cannot be compared: one rests on ' || if(basis_s = '', 'no stated basis', basis_s)
                    || ', the other on ' || if(basis_t = '', 'no stated basis', basis_t)
                    || '. A decided bridge can be declared in marts.bridge (reference/crosswalks/bridge.csv).') END;

-- How far up an interval can reach: infinitely where it has a lower bound only.
CREATE MACRO marts.reach(lower_bound, upper_bound) AS
    if(lower_bound IS NOT NULL AND upper_bound IS NULL, 'inf'::DOUBLE, upper_bound);
