-- Sum of a column that is refused, not shortened, where one of its rows is unknown (aggregate).
CREATE MACRO marts.complete_sum(x) AS if(count(x) = count(*), sum(x), NULL);
