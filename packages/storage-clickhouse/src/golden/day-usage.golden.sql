-- database = "golden"
SELECT toUInt32(partition) AS day, sum(bytes_on_disk) AS bytes,
    sumIf(rows, table IN ('spans', 'spans_local')) AS spans,
    toUInt32(intDiv(toUnixTimestamp(max(modification_time)), 86400)) AS last_written
FROM system.parts
WHERE active AND database = {database:String} AND partition != 'tuple()'
  AND table NOT IN ('touches', 'touches_local')
GROUP BY day;
