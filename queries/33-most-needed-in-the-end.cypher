// Which terms do most others need, directly and in the end?
CALL trace.fanin() YIELD term, direct, transitive RETURN term.name AS term, direct, transitive LIMIT 10;
