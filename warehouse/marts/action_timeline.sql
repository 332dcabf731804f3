-- What happened and what was planned, by date: the steps of the strategy process, the periods the Action Plan prints
-- for its activities, and what the status file reports of them.
SELECT process, process_step_id AS entry_id, 'process_step' AS event, start_date, end_date, title_de, title_en,
       NULL AS evidence, document, place
FROM marts.process_timeline
UNION ALL BY NAME
SELECT 'action_plan' AS process, action_id AS entry_id, 'planned' AS event, start_date, end_date, title_de, title_en,
       document, place
FROM marts.action
UNION ALL BY NAME
SELECT 'action_plan' AS process, action_id AS entry_id, status AS event, date AS start_date, date AS end_date,
       title_de, title_en, evidence
FROM marts.action
WHERE status <> 'planned'
ORDER BY start_date, end_date, entry_id, event
