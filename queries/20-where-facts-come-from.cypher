// Which documents do most of the relations rest on?
MATCH ()-[relation]->()
WITH split(relation.source, ':')[0] AS document, count(*) AS relations
RETURN document, relations
ORDER BY relations DESC, document
LIMIT 10;
