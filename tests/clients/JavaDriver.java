// Neo4j's Java driver against `kenning serve`: `java -cp 'jars/*' JavaDriver.java ADDRESS`.

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.GraphDatabase;
import org.neo4j.driver.TransactionConfig;
import org.neo4j.driver.Values;
import org.neo4j.driver.exceptions.Neo4jException;

public class JavaDriver {
    static void check(String name, boolean good, Object detail) {
        if (!good) {
            System.out.println("FAILED " + name + ": " + detail);
            System.exit(1);
        }
        System.out.println("ok " + name);
    }

    static void fails(String code, Runnable run) {
        try {
            run.run();
        } catch (Neo4jException error) {
            check(code, error.code().equals(code), error);
            return;
        }
        check(code, false, "nothing failed");
    }

    public static void main(String[] arguments) {
        for (var scheme : List.of("bolt", "neo4j")) {
            try (var driver = GraphDatabase.driver(scheme + "://" + arguments[0], AuthTokens.none())) {
                driver.verifyConnectivity();
                var answer = driver.executableQuery("RETURN 1 AS n").execute();
                check(scheme + ":// runs", answer.records().get(0).get("n").asLong() == 1, answer);
            }
        }
        try (var driver = GraphDatabase.driver("neo4j://" + arguments[0], AuthTokens.none());
                var session = driver.session()) {
            var values = List.of(true, Long.MIN_VALUE, 1.5, "naïve ☃", List.of(1L, "a"), Map.of("a", List.of(2.5)),
                    LocalDate.of(2024, 2, 29), LocalTime.of(12, 34, 56, 789), OffsetTime.parse("01:02:03.000000004-05:00"),
                    LocalDateTime.of(2024, 2, 29, 12, 34, 56, 7), ZonedDateTime.parse("2024-07-01T12:00+02:00[Europe/Stockholm]"),
                    Values.isoDuration(14, -3, 5, 6).asIsoDuration(), Values.point(7203, 1, -2.5).asPoint(),
                    Values.point(4979, 12.5, 55.7, 10).asPoint());
            for (var value : values) {
                var back = session.run("RETURN $value AS value", Values.parameters("value", value)).single().get(0).asObject();
                check(value + " comes back", value.equals(back), back);
            }
            var counters = session.executeWrite(tx -> tx.run("CREATE (:T)-[:U]->(:T)").consume().counters());
            check("a managed transaction", counters.nodesCreated() == 2, counters);
            check("a bookmark", session.lastBookmarks().size() == 1, session.lastBookmarks());
            try (var transaction = session.beginTransaction()) {
                transaction.run("CREATE (:T)");
                transaction.rollback();
            }
            var count = session.executeRead(tx -> tx.run("MATCH (n:T) RETURN count(n)").single().get(0).asLong());
            check("a rollback", count == 2, count);
            fails("Neo.ClientError.Statement.SyntaxError", () -> session.run("RETURN nonsense").consume());
            var limit = TransactionConfig.builder().withTimeout(Duration.ofMillis(300)).build();
            var slow = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b)";
            fails("Neo.ClientError.Transaction.TransactionTimedOut", () -> session.run(slow, limit).consume());
            var rows = session.run("UNWIND range(1, 200000) AS n RETURN n").stream().count();
            check("200,000 rows", rows == 200000, rows);
        }
    }
}
