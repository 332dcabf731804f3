-- The registry with what the strategy says: baselines as printed (for the Ruhr as a number; others in words) and targets.
WITH baseline AS (
    SELECT indicator_id,
           any_value(value) FILTER (region_id = 'RUHR') AS baseline_value,
           any_value(reference_date) FILTER (region_id = 'RUHR') AS baseline_date,
           string_agg(concat_ws(' ', region.name, coalesce(value::VARCHAR, value_text), unit, reference_date::VARCHAR),
                      '; ' ORDER BY baseline_id) AS baseline_printed,
           any_value(document) AS baseline_document,
           string_agg(DISTINCT place, '; ' ORDER BY place) AS baseline_place
    FROM marts.baseline LEFT JOIN marts.region USING (region_id)
    WHERE indicator_id IS NOT NULL AND use = 'baseline'
    GROUP BY indicator_id
)
SELECT indicator_id, title_de, title_en, type, topic_id, unit, direction, definition_de, definition_en, formula,
       if(mart = 'action_indicator', 0, baseline_value) AS baseline_value, baseline_date, baseline_printed,
       baseline_document, baseline_place, target_value, target_date,
       if(target_value IS NULL, 'not_set', 'set') AS target_status,
       caveat_de, caveat_en, light.de AS light_rule_de, light.en AS light_rule_en
FROM reference_indicators
LEFT JOIN baseline USING (indicator_id)
LEFT JOIN (FROM marts.target WHERE region_id = 'RUHR'
           QUALIFY row_number() OVER (PARTITION BY indicator_id ORDER BY decided_on DESC, target_date) = 1)
    USING (indicator_id)
CROSS JOIN reference_traffic_light light
