// What kinds of terms are there, with some examples of each?
MATCH (term)
WITH term ORDER BY term.name
UNWIND labels(term) AS label
RETURN label, count(*) AS terms, collect(term.name)[..3] AS examples
ORDER BY terms DESC, label;
