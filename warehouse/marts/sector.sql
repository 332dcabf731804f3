SELECT sector_scheme, sector_id, label_de, label_en, nullif(parent_id, '') AS parent_id,
       nullif(children, '') AS children,
       list_filter(string_split(divisions, ' '), d -> d <> '') AS divisions,
       list_filter(string_split(partial_divisions, ' '), d -> d <> '') AS partial_divisions,
       wz_version, source
FROM reference_sectors
ORDER BY sector_scheme, sector_id
