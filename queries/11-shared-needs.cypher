// What do two terms both need directly?
// run: one=Magnum other=Manila
MATCH (one {name: $one})-[a]->(need)<-[b]-(other {name: $other})
WHERE type(a) <> 'PROJECT_OF' AND type(b) <> 'PROJECT_OF'
RETURN need.name AS need, type(a) AS `how the one`, type(b) AS `how the other`
ORDER BY need, `how the one`, `how the other`;
