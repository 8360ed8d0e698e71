-- database = "golden"
-- table = "touches"
SELECT DISTINCT toUInt32(partition) AS day
FROM system.parts
WHERE active AND database = {database:String} AND table = {table:String};
