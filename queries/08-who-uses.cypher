// Who points at a term, how, and says who?
// run: term=RabbitMQ
MATCH (who)-[relation]->(term)
WHERE term.name = $term OR $term IN term.aliases
RETURN who.name AS who, type(relation) AS relation, relation.evidence AS evidence
ORDER BY relation, who;
