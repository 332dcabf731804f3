SELECT indicator_id, title_de, title_en, type, topic_id, unit, direction, definition_de, definition_en, formula,
       NULL AS baseline_value, NULL AS baseline_date, NULL AS target_value, 'not_set' AS target_status
FROM reference_indicators
