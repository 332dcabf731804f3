-- Confidence interval of a location quotient, for small sectors: location_quotient +- z * standard error by the delta
-- method (Beyene and Moineddin 2005, BMC Medical Research Methodology 5:32; z = 1.96 for 95 %). The employees are read
-- as binomial draws: e_ij of e_i in the region, and independently those of the rest of the benchmark. The region is
-- part of the benchmark, so with p, q the shares of the sector in the region and in the rest, w = e_i / e_b and
-- P = w p + (1 - w) q = e_bj / e_b the quotient is p / P, and to first order
--   variance = (1 - w)^2 / P^4 * (q^2 p (1 - p) / e_i + p^2 q (1 - q) / (e_b - e_i)).
-- It shows what chance alone would move, not the uncertainty of hidden cells (location_quotient_lower, _upper).
-- Undefined for e_ij = 0, where the method knows no variance, and where a part is larger than its whole; exactly 1 for
-- the benchmark itself; never below 0.
CREATE MACRO marts.location_quotient_variance(e_ij, e_i, e_bj, e_b) AS
    CASE WHEN e_ij = 0 OR e_ij > e_i OR e_bj - e_ij NOT BETWEEN 0 AND e_b - e_i THEN NULL
         WHEN e_i = e_b THEN 0
         ELSE (1 - e_i / e_b) ** 2 / (e_bj / e_b) ** 4
              * (((e_bj - e_ij) / (e_b - e_i)) ** 2 * (e_ij / e_i) * (1 - e_ij / e_i) / e_i
                 + (e_ij / e_i) ** 2 * ((e_bj - e_ij) / (e_b - e_i)) * (1 - (e_bj - e_ij) / (e_b - e_i)) / (e_b - e_i))
    END;
CREATE MACRO marts.location_quotient_ci_upper(e_ij, e_i, e_bj, e_b, z) AS
    marts.location_quotient(e_ij, e_i, e_bj, e_b)
        + z * sqrt(marts.location_quotient_variance(e_ij, e_i, e_bj, e_b));
CREATE MACRO marts.location_quotient_ci_lower(e_ij, e_i, e_bj, e_b, z) AS
    CASE WHEN marts.location_quotient_ci_upper(e_ij, e_i, e_bj, e_b, -z) < 0 THEN 0
         ELSE marts.location_quotient_ci_upper(e_ij, e_i, e_bj, e_b, -z) END;
