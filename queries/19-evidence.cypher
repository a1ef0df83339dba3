// What is the evidence for what one term has to do with another?
// run: one=Horizon other=Compute
MATCH (a)-[relation]-(b)
WHERE (a.name = $one OR $one IN a.aliases) AND (b.name = $other OR $other IN b.aliases)
RETURN startNode(relation).name AS start, type(relation) AS relation, endNode(relation).name AS end,
       relation.evidence AS evidence, relation.source AS source;
