//! What help and the reference say about the language beyond the tables of functions, procedures and clauses.

/// For a clause or statement, by its keyword, an example that runs on the embedded graph.
const EXAMPLES: &[(&str, &str)] = &[
    ("SHOW", "SHOW nova"),
    ("DEPS", "DEPS trove DEPTH 2"),
    ("IMPACT", "IMPACT keystone"),
    ("WHY", "WHY horizon TO mariadb"),
    ("ORDER", "ORDER OF trove"),
    ("CYCLES", "CYCLES UP TO 5"),
    ("CRITICAL", "CRITICAL FOR trove"),
    ("COMMON", "COMMON nova, neutron"),
    ("DIFF", "DIFF cinder, swift"),
    ("FANIN", "FANIN"),
    ("FANOUT", "FANOUT OF nova, trove"),
    ("FIND", "FIND balancing"),
    ("SHOW RELATIONSHIP TYPES", "SHOW RELATIONSHIP TYPES"),
    ("SHOW LABELS", "SHOW LABELS"),
    ("SHOW DECISIONS", "SHOW DECISIONS"),
    ("SHOW DATABASES", "SHOW DATABASES YIELD name, currentStatus"),
    ("SHOW SETTINGS", "SHOW SETTINGS YIELD name, value"),
    ("SHOW FUNCTIONS", "SHOW FUNCTIONS YIELD name, signature WHERE name STARTS WITH 'date'"),
    ("SHOW PROCEDURES", "SHOW PROCEDURES YIELD name, description WHERE name STARTS WITH 'trace.'"),
    ("SHOW INDEXES", "SHOW INDEXES"),
    ("SHOW CONSTRAINTS", "SHOW CONSTRAINTS"),
    ("WHATIF", "WHATIF REMOVE rabbitmq DEPS nova"),
    (
        "CREATE RELATIONSHIP TYPE",
        "CREATE RELATIONSHIP TYPE NEXT_TO NAMED 'stands next to' SYMMETRIC FAILURE ALONG DEGRADES KIND OF PLACED",
    ),
    ("DROP RELATIONSHIP TYPE", "DROP RELATIONSHIP TYPE RELATED_TO"),
    ("CREATE LABEL", "CREATE LABEL Document NAMED BY title, heading"),
    ("REJECT", "REJECT (trove)-[:DEPENDS_ON]->(nova) BY 'Ann' ON '2026-11-30' BECAUSE 'it may use bare metal'"),
    ("ACCEPT", "ACCEPT (aodh)-[:USES]->(etcd) BY 'Ann' ON '2026-11-30'"),
    ("RENAME TERM", "RENAME TERM Designate TO 'DNS service' BECAUSE 'the manual calls it so'"),
    ("MERGE TERM", "CREATE (:Term {name: 'rabbit broker'});\nMERGE TERM rabbit broker INTO RabbitMQ"),
    ("SPLIT TERM", "SPLIT TERM DNSaaS FROM Designate"),
    ("DROP DECISION", "ACCEPT (aodh)-[:USES]->(etcd);\nDROP DECISION ACCEPT (aodh)-[:USES]->(etcd)"),
    ("DROP LABEL", "CREATE LABEL Series NAMED BY title;\nDROP LABEL Series"),
    ("USE", "USE openstack MATCH (s:Service) RETURN count(*)"),
    ("BEGIN", "BEGIN;\nCREATE (:Host {name: 'three'});\nCREATE (:Host {name: 'four'});\nCOMMIT"),
    ("COMMIT", "BEGIN;\nMATCH (h:Host) SET h.seen = 1;\nCOMMIT"),
    ("ROLLBACK", "BEGIN;\nMATCH (h:Host) DETACH DELETE h;\nROLLBACK"),
    ("EXPLAIN", "EXPLAIN MATCH (s:Service) RETURN s.name"),
    ("PROFILE", "PROFILE MATCH (s:Service) RETURN s.name"),
    ("MATCH", "MATCH (part)-[:PART_OF]->(s:Service) WHERE s.name = 'Compute' RETURN part.name"),
    ("OPTIONAL", "MATCH (s:Service) OPTIONAL MATCH (part)-[:PART_OF]->(s) RETURN s.name, count(part) AS parts"),
    ("RETURN", "MATCH (s:Service) RETURN DISTINCT s.name AS name ORDER BY name DESC SKIP 1 LIMIT 3"),
    ("WITH", "MATCH (part)-[:PART_OF]->(s) WITH s, count(*) AS parts WHERE parts > 2 RETURN s.name, parts"),
    ("ORDER BY", "MATCH (s:Service) ORDER BY s.name LIMIT 3 MATCH (part)-[:PART_OF]->(s) RETURN s.name, part.name"),
    ("SKIP", "UNWIND [3, 1, 2] AS x SKIP 1 RETURN x"),
    ("OFFSET", "UNWIND [3, 1, 2] AS x OFFSET 1 RETURN x"),
    ("LIMIT", "MATCH (s:Service) LIMIT 1 RETURN s.name"),
    ("WHEN", "WHEN EXISTS { (:Host) } THEN MATCH (h:Host) RETURN h.name AS name ELSE RETURN 'no host' AS name"),
    ("UNWIND", "UNWIND [1, 2, 3] AS x RETURN x * x AS square"),
    ("CALL", "CALL trace.deps('heat') YIELD term, depth WHERE depth = 1 RETURN term"),
    ("CREATE", "CREATE (a:Host {name: 'one'})-[:NEXT_TO]->(b:Host {name: 'two'})"),
    ("INSERT", "INSERT (:Host&Machine {name: 'three'})"),
    ("MERGE", "MERGE (h:Host {name: 'one'}) ON CREATE SET h.seen = 1 ON MATCH SET h.seen = h.seen + 1"),
    ("SET", "MATCH (h:Host) SET h.rack = 7, h:Machine, h += {row: 'b'}"),
    ("REMOVE", "MATCH (h:Host) REMOVE h.rack, h:Machine"),
    ("DELETE", "MATCH (:Host)-[r:NEXT_TO]->() DELETE r"),
    ("NODETACH", "MATCH (h:Machine) NODETACH DELETE h"),
    ("DETACH", "MATCH (h:Host) DETACH DELETE h"),
    ("FOREACH", "FOREACH (i IN range(1, 3) | CREATE (:Host {number: i}))"),
    ("LOAD", "LOAD CSV WITH HEADERS FROM 'people.csv' AS row RETURN row.name"),
    ("CREATE INDEX", "CREATE INDEX host_name IF NOT EXISTS FOR (h:Host) ON (h.name)"),
    ("CREATE CONSTRAINT", "CREATE CONSTRAINT host_number FOR (h:Host) REQUIRE h.number IS UNIQUE"),
    ("SHOW INDEXES", "SHOW INDEXES"),
    ("DROP", "DROP CONSTRAINT host_number IF EXISTS"),
    ("LET", "MATCH (s:Service) LET name = toUpper(s.name) RETURN name"),
    ("FILTER", "MATCH (s:Service) FILTER s.name STARTS WITH 'B' RETURN s.name"),
    ("FOR", "FOR x IN ['a', 'b'] WITH ORDINALITY i RETURN i, x"),
    ("NEXT", "MATCH (s:Service) RETURN count(*) AS services NEXT RETURN services + 1 AS more"),
    ("FINISH", "MATCH (h:Host) SET h.seen = 0 FINISH"),
    ("UNION", "RETURN 1 AS x UNION RETURN 2 AS x"),
];

/// The example of a clause or statement.
pub(crate) fn example(keyword: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == keyword).map(|(_, example)| *example)
}

/// A line of the table of operators: those that bind equally, and what they do.
pub(crate) struct Operators {
    pub(crate) signs: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) example: (&'static str, &'static str),
}

const fn operators(signs: &'static str, doc: &'static str, example: (&'static str, &'static str)) -> Operators {
    Operators { signs, doc, example }
}

/// The operators, those that bind tightest first.
pub(crate) const OPERATORS: &[Operators] = &[
    operators(
        "value.key  value[index]  value[from..to]",
        "properties, elements and parts of lists; negative positions count from the end",
        ("[1, 2, 3][-1]", "3"),
    ),
    operators("n:Label", "whether a node has labels, or a relationship a type", ("null:Label", "null")),
    operators("+value  -value", "the sign of a number or duration", ("-(2 + 1)", "-3")),
    operators("^", "a power, always a float; from left to right", ("2 ^ 3 ^ 2", "64.0")),
    operators(
        "*  /  %",
        "product, quotient and remainder; the quotient of integers is an integer, rounded towards zero",
        ("[7 / 2, -7 / 2, 7 % 3, 7 / 2.0]", "[3, -3, 1, 3.5]"),
    ),
    operators(
        "+  -  ||",
        "sum and difference; + and || join strings and lists, + also a string and a number, or an element to a list",
        ("['a' + 1, [1] + 2]", "['a1', [1, 2]]"),
    ),
    operators(
        "IN  STARTS WITH  ENDS WITH  CONTAINS  =~  IS NULL  IS NOT NULL",
        "whether a list has an element, a string a part or a form (the whole of it, as a regular expression), a value \
         is missing",
        ("[2 IN [1, 2], 'abc' STARTS WITH 'a', 'abc' =~ 'a.*', null IS NULL]", "[true, true, true, true]"),
    ),
    operators(
        "=  <>  <  <=  >  >=",
        "comparison; a chain holds if each of its links does. With null, or between types that do not compare, it is \
         null",
        ("[1 < 2 <= 2, 1 = 1.0, 1 = 'a', 1 < 'a', null = null]", "[true, true, false, null, null]"),
    ),
    operators("NOT", "the opposite; of null null", ("NOT null", "null")),
    operators("AND", "both; false decides, then null", ("[null AND false, null AND true]", "[false, null]")),
    operators("XOR", "one of both, not both", ("true XOR null", "null")),
    operators("OR", "one of both or both; true decides, then null", ("[null OR true, null OR false]", "[true, null]")),
];

/// Where openCypher and ISO GQL differ, and what holds here.
pub(crate) const DIFFERENCES: &[&str] = &[
    "The relationships of one MATCH are all different, across all its patterns, also where a path asks for WALK, unless \
     it says MATCH REPEATABLE ELEMENTS. GQL leaves open which of the two holds where neither is said.",
    "An aggregate groups by the items of its WITH or RETURN that have none, unless GROUP BY names the keys.",
    "Null comes last in ascending order and first in descending order, unless NULLS FIRST or NULLS LAST says \
     otherwise; GQL leaves it open.",
    "The quotient of two integers is an integer. GQL leaves the precision open.",
    "`+` joins strings and lists as `||` does; GQL has `||` alone.",
    "A path pattern with a selector such as ANY SHORTEST is searched first, and the WHERE of its MATCH then chooses \
     among the paths found; a condition inside the pattern takes part in the search, and so does the whole WHERE of a \
     MATCH with shortestPath(…) or allShortestPaths(…).",
    "Properties that do not exist are null, and so is what is computed from them; unknown labels, types and keys are \
     warned about.",
    "Comparing values of different types with < is null, not an error; sorting them follows one order of all types: \
     maps, nodes, relationships, lists, paths, points, temporal values, strings, Booleans, numbers, null.",
    "stDev() of fewer than two values is 0.0, also by its GQL name stddev_samp; in GQL it is null.",
    "Names of functions of both languages may be mixed in one query.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parser::{CLAUSES, STATEMENTS};

    #[test]
    fn every_clause_and_statement_has_an_example() {
        for starter in STATEMENTS.iter().chain(CLAUSES) {
            assert!(example(starter.keyword).is_some_and(|text| text.contains(starter.keyword)), "{}", starter.keyword);
        }
    }
}
