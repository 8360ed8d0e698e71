-- service = "front's"
SELECT DISTINCT value AS text
FROM `golden`.names
WHERE kind = 1 AND service = {service:String};
