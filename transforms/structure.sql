-- Measures of a region's sector structure, as aggregates over its sectors, one row each. A share is a sector's part of
-- the sum of the sectors passed in (0-1), not of a published total, which may hold more. One unknown share makes the
-- result NULL: it is never left out silently. Nothing is rounded, and no constant is added to keep a logarithm finite.

-- Bounds of a share whose own employment lies in [e_lower, e_upper] and whose sum over all sectors lies in
-- [sum_lower, sum_upper]: the rest of the sum stands against it.
CREATE MACRO marts.share_lower(e_lower, e_upper, sum_upper) AS marts.share(e_lower, e_lower + (sum_upper - e_upper));
CREATE MACRO marts.share_upper(e_lower, e_upper, sum_lower) AS marts.share(e_upper, e_upper + (sum_lower - e_lower));

-- Herfindahl-Hirschman index, the sum of squared shares (Hirschman 1964, American Economic Review 54(5)): 1/n to 1;
-- normalised for the number of sectors n to 0-1; and its reciprocal, the number of equally large sectors that gives
-- the same index (Adelman 1969, Review of Economics and Statistics 51(1)). n counts the sectors without employees too.
CREATE MACRO marts.herfindahl(share) AS marts.complete_sum(share * share);
CREATE MACRO marts.herfindahl_normalised(herfindahl, n) AS (herfindahl - 1 / n) / nullif(1 - 1 / n, 0);
CREATE MACRO marts.equivalent_sectors(herfindahl) AS 1 / nullif(herfindahl, 0);

-- Krugman index, the sum of absolute differences of the shares from the benchmark's (Krugman 1991, Geography and
-- Trade): 0-2, not halved. Hoover coefficient, half of it (Hoover 1936, Review of Economics and Statistics 18(4)): 0-1,
-- the part of the employees who would have to change sector. Not in per cent.
CREATE MACRO marts.krugman_lower(r_lower, r_upper, b_lower, b_upper) AS
    marts.complete_sum(if((r_lower - b_upper) + (b_lower - r_upper) IS NULL, NULL,
                          greatest(0, r_lower - b_upper, b_lower - r_upper)));
CREATE MACRO marts.krugman_upper(r_lower, r_upper, b_lower, b_upper) AS
    marts.complete_sum(if((r_upper - b_lower) + (b_upper - r_lower) IS NULL, NULL,
                          greatest(r_upper - b_lower, b_upper - r_lower)));
CREATE MACRO marts.krugman(share, benchmark_share) AS
    marts.krugman_lower(share, share, benchmark_share, benchmark_share);
CREATE MACRO marts.hoover(krugman) AS krugman / 2;

-- Entropy (Shannon 1948; for employment Frenken, Van Oort and Verburg 2007, Regional Studies 41(5)) in bits: the sum of
-- share * log2(1 / share), an empty sector counting 0. A term rises up to a share of 1/e and falls from there.
CREATE MACRO marts.entropy_term(share) AS if(share = 0, 0, -share * log2(nullif(share, 0)));
CREATE MACRO marts.entropy_lower(share_lower, share_upper) AS
    marts.complete_sum(if(share_lower + share_upper IS NULL, NULL,
                          least(marts.entropy_term(share_lower), marts.entropy_term(share_upper))));
CREATE MACRO marts.entropy_upper(share_lower, share_upper) AS
    marts.complete_sum(if(share_lower + share_upper IS NULL, NULL,
                          marts.entropy_term(greatest(share_lower, least(share_upper, exp(-1))))));
CREATE MACRO marts.entropy(share) AS marts.entropy_lower(share, share);

-- Over sections the entropy is the unrelated variety. What the divisions add to it within the sections is the related
-- variety (Frenken et al. 2007: the sections' inner entropies, weighted with the sections' shares; by the chain rule
-- the difference of both entropies).
CREATE MACRO marts.related_variety(entropy_of_divisions, entropy_of_sections) AS
    entropy_of_divisions - entropy_of_sections;
