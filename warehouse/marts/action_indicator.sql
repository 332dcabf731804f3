-- Output indicators of the Action Plan for the Ruhr, cumulative: at the start of the plan (the baseline, 0) and at
-- every day the status file reports. A report without a day counts on the newest day of the file. What was not
-- counted is not zero: one activity without a number makes the sum an open interval from what is known.
WITH plan AS (
    SELECT min(start_date) AS start_date FROM marts.action
),
report AS (
    SELECT s.*, coalesce(s.date, max(s.date) OVER (), plan.start_date) AS day FROM marts.action_status s, plan
),
entry AS (
    SELECT day, unnest([
        {'indicator_id': 'action_plan_activities_done', 'value': 1},
        {'indicator_id': 'action_plan_participants_business', 'value': participants_business},
        {'indicator_id': 'action_plan_participants_science', 'value': participants_science},
        {'indicator_id': 'action_plan_participants_public', 'value': participants_public},
        {'indicator_id': 'action_plan_participants_society', 'value': participants_society}
    ], recursive := true)
    FROM report WHERE status = 'done'
    UNION ALL
    SELECT day, 'action_plan_cost_spent', cost_spent_eur
    FROM report WHERE status <> 'planned' OR cost_spent_eur IS NOT NULL
    UNION ALL
    SELECT plan.start_date, 'action_plan_cost_planned', planned_eur FROM marts.action_cost, plan
),
indicator AS (
    FROM (VALUES
        ('action_plan_activities_done', 'activities', 'strategy/action_status.csv'),
        ('action_plan_participants_business', 'persons', 'strategy/action_status.csv'),
        ('action_plan_participants_science', 'persons', 'strategy/action_status.csv'),
        ('action_plan_participants_public', 'persons', 'strategy/action_status.csv'),
        ('action_plan_participants_society', 'persons', 'strategy/action_status.csv'),
        ('action_plan_cost_spent', 'EUR', 'strategy/action_status.csv'),
        ('action_plan_cost_planned', 'EUR', 'strategy/action_cost.csv')
    ) AS declared(indicator_id, unit, dataset)
),
reported_day AS (
    SELECT start_date AS reference_date FROM plan UNION SELECT day FROM report
),
summed AS (
    SELECT i.indicator_id, i.unit, i.dataset, d.reference_date, coalesce(sum(e.value), 0) AS known,
           count(e.indicator_id) = count(e.value) AS is_complete
    FROM indicator i
    CROSS JOIN reported_day d
    LEFT JOIN entry e ON e.indicator_id = i.indicator_id AND e.day <= d.reference_date
    GROUP BY ALL
)
SELECT indicator_id, 'RUHR' AS region_id, reference_date, if(is_complete, known, NULL) AS value,
       known AS value_lower, if(is_complete, known, NULL) AS value_upper, unit,
       if(is_complete, 'derived', 'not_available') AS status, dataset, '' AS basis
FROM summed
ORDER BY indicator_id, reference_date
