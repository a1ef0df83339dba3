// What kinds are there of each general term?
MATCH (kind)-[:IS_A*1..]->(general)
WHERE NOT (general)-[:IS_A]->()
WITH general, kind ORDER BY kind.name
RETURN general.name AS general, collect(DISTINCT kind.name) AS kinds
ORDER BY general;
