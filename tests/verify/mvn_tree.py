"""Compares what kenning reads of Maven's dependency tree, in all of its forms, with the tree itself.

    python tests/verify/mvn_tree.py KENNING

The verbose text is taken apart here a second time, by indentation; verbose TGF and JSON have to give the same edges, the
plain forms the same artifacts and fewer edges.
"""
import os, re, sys, tempfile

from needs import compare, rows, run, write

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:tree"
QUERY = "MATCH (a)-[r]->(b) RETURN a.name, a.version, r.module, r.requested, b.name, b.version, b.classifier"
HEAD = '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
PARENT = "<parent><groupId>com.example</groupId><artifactId>multi</artifactId><version>2.0</version></parent>"


def dependency(coordinates, more=""):
    group, artifact, version = coordinates.split(":")
    return (
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{version}</version>{more}</dependency>"
    )


def pom(artifact, needs, managed=""):
    return (
        f"{HEAD}<groupId>com.example</groupId><artifactId>{artifact}</artifactId><version>1.0</version>"
        f"<dependencyManagement><dependencies>{managed}</dependencies></dependencyManagement>"
        f"<dependencies>{''.join(needs)}</dependencies></project>"
    )


PROJECTS = {
    "a service with managed versions, a classifier, all scopes": {"pom.xml": pom("web", [
        dependency("org.springframework.boot:spring-boot-starter-web:3.2.0"),
        dependency("org.springframework.boot:spring-boot-starter-data-jpa:3.2.0"),
        dependency("org.springframework.boot:spring-boot-starter-actuator:3.2.0", "<optional>true</optional>"),
        dependency("org.springframework.boot:spring-boot-starter-test:3.2.0", "<scope>test</scope>"),
        dependency("io.netty:netty-transport-native-epoll:4.1.100.Final", "<classifier>linux-x86_64</classifier>"),
        dependency("org.postgresql:postgresql:42.6.0", "<scope>runtime</scope>"),
    ], dependency("com.fasterxml.jackson.core:jackson-databind:2.15.2")
       + dependency("org.yaml:snakeyaml:2.1", "<scope>runtime</scope>"))},
    "data, with many conflicts": {"pom.xml": pom("data", [
        dependency("org.apache.hadoop:hadoop-client:3.3.6"),
        dependency("org.apache.spark:spark-sql_2.13:3.5.0", "<scope>provided</scope>"),
        dependency("org.apache.kafka:kafka_2.13:3.6.0"),
    ])},
    "several modules": {
        "pom.xml": f"{HEAD}<groupId>com.example</groupId><artifactId>multi</artifactId><version>2.0</version>"
        "<packaging>pom</packaging><modules><module>core</module><module>api</module></modules></project>",
        "core/pom.xml": f"{HEAD}{PARENT}<artifactId>core</artifactId><dependencies>"
        + dependency("org.apache.camel:camel-core:4.2.0") + dependency("com.google.guava:guava:32.1.3-jre")
        + "</dependencies></project>",
        "api/pom.xml": f"{HEAD}{PARENT}<artifactId>api</artifactId><dependencies>"
        + dependency("com.example:core:2.0") + dependency("io.quarkus:quarkus-resteasy-reactive-jackson:3.5.0")
        + dependency("io.grpc:grpc-netty:1.59.0") + "</dependencies></project>",
    },
}


def artifact(label):
    """Name, version in use, classifier."""
    inside = label.strip("()").split(" ")[0].split(":")
    fields = inside[:-1] if len(inside) > 4 else inside
    group, name, _packaging, *classifier, version = fields
    conflict = re.search(r"omitted for conflict with ([^;)]+)", label)
    return f"{group}:{name}", conflict.group(1) if conflict else version, classifier[0] if classifier else None


def of_text(text):
    """(from, to) of a verbose tree, by its indentation."""
    edges, path = set(), []
    for line in text.splitlines():
        label = line.lstrip("|+-\\ ")
        depth = (len(line) - len(label)) // 3
        path[depth:] = [artifact(label)]
        if depth:
            edges.add((path[depth - 1][:2], path[depth]))
    return edges


def edges(rows):
    return {
        ((row["a.name"], row["a.version"]), (row["b.name"], row["b.version"], row["b.classifier"])) for row in rows
    }


def main():
    kenning, different = sys.argv[1], 0
    with tempfile.TemporaryDirectory() as work:
        for number, (what, files) in enumerate(PROJECTS.items()):
            folder = os.path.join(work, str(number))
            write(folder, files)
            found = {}
            for kind, ending in (("text", "txt"), ("tgf", "tgf"), ("json", "json")):
                for verbose in ("false", "true"):
                    file = os.path.join(work, f"{number}-{verbose}.{ending}")
                    run(["mvn", "-q", "-B", PLUGIN, f"-Dverbose={verbose}", f"-DoutputType={kind}",
                         f"-DoutputFile={file}", "-DappendOutput=true"], folder)
                    found[kind, verbose] = edges(rows(kenning, file, QUERY))
            with open(os.path.join(work, f"{number}-true.txt")) as file:
                theirs = of_text(file.read())
            different += compare(f"{what}, verbose text", found["text", "true"], theirs)
            for kind in ("tgf", "json"):
                different += compare(f"{what}, verbose {kind}", found[kind, "true"], theirs)
            for kind in ("text", "tgf", "json"):
                plain = found[kind, "false"]
                different += compare(f"{what}, plain {kind}, edges", plain, plain & theirs)
                ends = {end for _, end in theirs}
                different += compare(f"{what}, plain {kind}, artifacts", {end for _, end in plain}, ends)
    sys.exit(different > 0)


main()
