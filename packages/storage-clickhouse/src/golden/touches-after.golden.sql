-- server = "a-server"
SELECT seq, traces
FROM `golden`.touches
WHERE server = {server:String} AND seq > 1790000000000000
ORDER BY seq;
