// How are terms related, and how often?
MATCH ()-[relation]->()
RETURN type(relation) AS relation, count(*) AS times
ORDER BY times DESC, relation;
