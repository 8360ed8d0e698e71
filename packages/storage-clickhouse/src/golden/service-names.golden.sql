SELECT DISTINCT service AS text
FROM `golden`.names
WHERE kind = 0;
