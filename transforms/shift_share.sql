-- Shift-share: the change of a sector's employment in a region, e_t - e_s, split against a benchmark whose sector went
-- from b_s to b_t and whose employment in all sectors went from total_s to total_t. Totals are the sums of the sectors
-- that are compared. Results are persons; a sum over sectors is the result for the region, a sum over consecutive
-- dates the dynamic variant (Barff and Knight 1988, Growth and Change 19(2)).
--
-- A sector the region does not have at the start (e_s = 0) has no regional growth rate. Nothing of its change is
-- national or structural then: the whole of it, e_t, is regional share, and in Esteban-Marquillas' split allocation
-- effect, because a competitive effect needs that rate. So the parts always add up to the change, without NaN or
-- infinity. Undefined only where the region has a sector that the benchmark has not (b_s = 0 < e_s).

-- Classic components (Dunn 1960, Papers of the Regional Science Association 6):
--   national_share   growth as in the whole benchmark
--   industrial_mix   growth of the sector in the benchmark beyond that of all sectors
--   regional_share   growth in the region beyond that of the sector in the benchmark
CREATE MACRO marts.national_share(e_s, total_s, total_t) AS e_s * marts.growth_rate(total_s, total_t);
CREATE MACRO marts.industrial_mix(e_s, b_s, b_t, total_s, total_t) AS
    if(e_s = 0, 0, e_s * (marts.growth_rate(b_s, b_t) - marts.growth_rate(total_s, total_t)));
CREATE MACRO marts.regional_share(e_s, e_t, b_s, b_t) AS
    if(e_s = 0, e_t, e_t - e_s - e_s * marts.growth_rate(b_s, b_t));

-- Employment the sector would have if the region (region_s employees in all sectors) had the benchmark's structure,
-- and the split of the regional share it allows (Esteban-Marquillas 1972, Regional and Urban Economics 2(3)):
--   homothetic_regional_share   the region's advantage in growth, freed of its structure
--   allocation_effect           specialisation in sectors that grow faster here (or absence from those that do not)
CREATE MACRO marts.homothetic_employment(region_s, b_s, total_s) AS region_s * marts.share(b_s, total_s);
CREATE MACRO marts.homothetic_regional_share(e_s, e_t, b_s, b_t, homothetic) AS
    if(e_s = 0, 0, homothetic * (marts.growth_rate(e_s, e_t) - marts.growth_rate(b_s, b_t)));
CREATE MACRO marts.allocation_effect(e_s, e_t, b_s, b_t, homothetic) AS
    marts.regional_share(e_s, e_t, b_s, b_t) - marts.homothetic_regional_share(e_s, e_t, b_s, b_t, homothetic);
