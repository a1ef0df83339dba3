//! Large files of tools: at least one case for each format.

use serde_json::{Value as Json, json};

use super::{Case, Shape};

pub(super) const CASES: &[Case] = &[
    Case { format: "cargo-lock", file: "Cargo.lock", make: cargo_lock },
    Case { format: "cargo-metadata", file: "cargo-metadata.json", make: cargo_metadata },
    Case { format: "npm-lock", file: "package-lock.json", make: npm_lock },
    Case { format: "pnpm-lock", file: "pnpm-lock.yaml", make: pnpm_lock },
    Case { format: "yarn-lock", file: "yarn.lock", make: yarn_lock },
    Case { format: "uv-lock", file: "uv.lock", make: uv_lock },
    Case { format: "poetry-lock", file: "poetry.lock", make: poetry_lock },
    Case { format: "pipdeptree", file: "pipdeptree.json", make: pipdeptree },
    Case { format: "pip-inspect", file: "pip-inspect.json", make: pip_inspect },
    Case { format: "go-mod", file: "go.mod", make: go_mod },
    Case { format: "go-mod-graph", file: "x.modgraph", make: go_mod_graph },
    Case { format: "maven-tree", file: "maven.tree", make: maven_tree },
    Case { format: "maven-tgf", file: "t.tgf", make: maven_tgf },
    Case { format: "maven-json", file: "maven-tree.json", make: maven_json },
    Case { format: "gradle-lock", file: "gradle.lockfile", make: gradle_lock },
    Case { format: "gradle-tree", file: "gradle-tree.txt", make: gradle_tree },
    Case { format: "debian-packages", file: "Packages", make: debian },
    Case { format: "debian-packages", file: "Packages", make: debian_choices },
    Case { format: "cyclonedx", file: "x.cdx.json", make: cyclonedx },
    Case { format: "cyclonedx-xml", file: "x.cdx.xml", make: cyclonedx_xml },
    Case { format: "spdx3", file: "x.spdx3.json", make: spdx3 },
    Case { format: "spdx", file: "x.spdx.json", make: spdx },
    Case { format: "spdx-yaml", file: "x.spdx.yaml", make: spdx_yaml },
    Case { format: "compose", file: "compose.yaml", make: compose },
    Case { format: "kubernetes", file: "k.yaml", make: kubernetes },
    Case { format: "terraform-json", file: "x.tfstate", make: terraform },
    Case { format: "systemd", file: "x.units", make: systemd },
    Case { format: "github-actions", file: ".github/workflows/ci.yml", make: github_actions },
    Case { format: "gitlab-ci", file: ".gitlab-ci.yml", make: gitlab_ci },
    Case { format: "dbt-manifest", file: "target/manifest.json", make: dbt },
    Case { format: "openlineage", file: "x.openlineage.json", make: openlineage },
    Case { format: "backstage", file: "catalog-info.yaml", make: backstage },
    Case { format: "dot", file: "x.dot", make: dot },
    Case { format: "dot", file: "x.dot", make: dot_clusters },
    Case { format: "gexf", file: "x.gexf", make: gexf },
    Case { format: "yed", file: "x.graphml", make: yed },
    Case { format: "cytoscape", file: "x.cyjs", make: cytoscape },
    Case { format: "adjacency-data", file: "x.json", make: adjacency_data },
    Case { format: "adjacency-lists", file: "x.json", make: adjacency_lists },
    Case { format: "json-lines", file: "x.jsonl", make: json_lines },
    Case { format: "json-edges", file: "x.json", make: json_edges },
    Case { format: "csv-edges", file: "x.csv", make: csv_edges },
    Case { format: "csv-edges", file: "x.csv", make: csv_columns },
    Case { format: "pairs", file: "x.pairs", make: pairs },
];

/// A text for each thing and what it needs.
fn each(things: usize, shape: Shape, text: impl Fn(usize, &[usize]) -> String) -> String {
    shape.needs(things).iter().enumerate().map(|(thing, needs)| text(thing, needs)).collect()
}

/// A text for each relation.
fn each_pair(things: usize, shape: Shape, text: impl Fn(usize, usize) -> String) -> String {
    shape.pairs(things).into_iter().map(|(start, end)| text(start, end)).collect()
}

/// A value for each thing and what it needs.
fn values(things: usize, shape: Shape, value: impl Fn(usize, &[usize]) -> Json) -> Vec<Json> {
    shape.needs(things).iter().enumerate().map(|(thing, needs)| value(thing, needs)).collect()
}

fn joined(needs: &[usize], between: &str, text: impl Fn(usize) -> String) -> String {
    needs.iter().map(|need| text(*need)).collect::<Vec<_>>().join(between)
}

/// The text, unless nothing is needed.
fn unless_empty(needs: &[usize], text: String) -> String {
    if needs.is_empty() { String::new() } else { text }
}

fn name(thing: usize) -> String {
    format!("p{thing}")
}

/// With line breaks, as tools write it.
fn pretty(value: Json) -> String {
    serde_json::to_string_pretty(&value).expect("it is JSON")
}

fn cargo_lock(things: usize, shape: Shape) -> String {
    let package = |thing, needs: &[usize]| {
        let list = joined(needs, "", |need| format!(" \"p{need}\",\n"));
        let list = unless_empty(needs, format!("dependencies = [\n{list}]\n"));
        format!("\n[[package]]\nname = \"p{thing}\"\nversion = \"1.0.0\"\n{list}")
    };
    format!("version = 4\n{}", each(things, shape, package))
}

fn cargo_metadata(things: usize, shape: Shape) -> String {
    let id = |thing: usize| format!("registry+https://x#p{thing}@1.0.0");
    let packages = values(things, shape, |thing, needs| {
        let needs: Vec<Json> =
            needs.iter().map(|need| json!({"name": name(*need), "req": "*", "kind": null})).collect();
        json!({"name": name(thing), "version": "1.0.0", "id": id(thing), "manifest_path": format!("/{thing}/Cargo.toml"),
            "source": "registry+https://x", "dependencies": needs, "targets": [], "features": {}})
    });
    let nodes = values(things, shape, |thing, needs| {
        let kinds = json!([{"kind": null, "target": null}]);
        let deps: Vec<Json> =
            needs.iter().map(|need| json!({"name": name(*need), "pkg": id(*need), "dep_kinds": kinds})).collect();
        json!({"id": id(thing), "deps": deps, "features": []})
    });
    pretty(json!({"packages": packages, "workspace_members": [id(0)], "resolve": {"nodes": nodes, "root": id(0)},
        "workspace_root": "/0", "version": 1}))
}

fn npm_lock(things: usize, shape: Shape) -> String {
    let mut packages = serde_json::Map::new();
    packages.insert(String::new(), json!({"name": "web", "version": "1.0.0", "dependencies": {"p0": "*"}}));
    for (thing, needs) in shape.needs(things).into_iter().enumerate() {
        let needs: serde_json::Map<String, Json> = needs.into_iter().map(|need| (name(need), json!("*"))).collect();
        packages.insert(format!("node_modules/p{thing}"), json!({"version": "1.0.0", "dependencies": needs}));
    }
    pretty(json!({"name": "web", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}))
}

fn pnpm_lock(things: usize, shape: Shape) -> String {
    let packages: String =
        (0..things).map(|thing| format!("  p{thing}@1.0.0:\n    resolution: {{integrity: sha512-6}}\n\n")).collect();
    let snapshots = each(things, shape, |thing, needs| {
        let list = joined(needs, "", |need| format!("      p{need}: 1.0.0\n"));
        match needs.is_empty() {
            true => format!("  p{thing}@1.0.0: {{}}\n\n"),
            false => format!("  p{thing}@1.0.0:\n    dependencies:\n{list}\n"),
        }
    });
    let importer = "importers:\n\n  .:\n    dependencies:\n      p0:\n        specifier: '*'\n        version: 1.0.0\n";
    format!("lockfileVersion: '9.0'\n\n{importer}\npackages:\n\n{packages}snapshots:\n\n{snapshots}")
}

fn yarn_lock(things: usize, shape: Shape) -> String {
    let entry = |thing, needs: &[usize]| {
        let list = joined(needs, "", |need| format!("    p{need} \"*\"\n"));
        let list = unless_empty(needs, format!("  dependencies:\n{list}"));
        format!("p{thing}@*:\n  version \"1.0.0\"\n{list}\n")
    };
    format!("# yarn lockfile v1\n\n\n{}", each(things, shape, entry))
}

fn uv_lock(things: usize, shape: Shape) -> String {
    let package = |thing, needs: &[usize]| {
        let list = joined(needs, ",\n", |need| format!("    {{ name = \"p{need}\" }}"));
        let list = unless_empty(needs, format!("dependencies = [\n{list}\n]\n"));
        let source = "source = { registry = \"https://packages.example.org/simple\" }";
        format!("\n[[package]]\nname = \"p{thing}\"\nversion = \"1.0\"\n{source}\n{list}")
    };
    format!("version = 1\nrequires-python = \">=3.9\"\n{}", each(things, shape, package))
}

fn poetry_lock(things: usize, shape: Shape) -> String {
    let package = |thing, needs: &[usize]| {
        let list = joined(needs, "", |need| format!("p{need} = \"*\"\n"));
        let list = unless_empty(needs, format!("\n[package.dependencies]\n{list}"));
        format!(
            "[[package]]\nname = \"p{thing}\"\nversion = \"1.0\"\noptional = false\npython-versions = \"*\"\n{list}\n"
        )
    };
    format!("{}[metadata]\nlock-version = \"2.1\"\n", each(things, shape, package))
}

fn pipdeptree(things: usize, shape: Shape) -> String {
    pretty(Json::Array(values(things, shape, |thing, needs| {
        let key = |thing| json!({"key": name(thing), "package_name": name(thing), "installed_version": "1"});
        json!({"package": key(thing), "dependencies": needs.iter().map(|need| key(*need)).collect::<Vec<_>>()})
    })))
}

fn pip_inspect(things: usize, shape: Shape) -> String {
    let installed = values(things, shape, |thing, needs| {
        let needs: Vec<String> = needs.iter().map(|need| name(*need)).collect();
        json!({"metadata": {"name": name(thing), "version": "1", "requires_dist": needs}})
    });
    pretty(json!({"version": "1", "pip_version": "23.2", "installed": installed, "environment": {}}))
}

fn go_mod(things: usize, _: Shape) -> String {
    let needs: String = (0..things).map(|thing| format!("\texample.com/p{thing} v1.0.0\n")).collect();
    format!("module example.com/web\n\ngo 1.22\n\nrequire (\n{needs})\n")
}

fn go_mod_graph(things: usize, shape: Shape) -> String {
    let pairs = each_pair(things, shape, |a, b| format!("example.com/p{a}@v1.0.0 example.com/p{b}@v1.0.0\n"));
    format!("example.com/web example.com/p0@v1.0.0\n{pairs}")
}

fn maven_tree(things: usize, _: Shape) -> String {
    let branch = |thing| format!("+- com.example:p{thing}:jar:1:compile\n|  \\- com.example:q{thing}:jar:1:compile\n");
    format!("com.example:web:jar:1.0\n{}", (0..things).map(branch).collect::<String>())
}

fn maven_tgf(things: usize, shape: Shape) -> String {
    let line = |thing: usize| format!("{} com.example:p{thing}:jar:1.0:compile\n", thing + 1);
    let things_text: String = (1..things).map(line).collect();
    let pairs = each_pair(things, shape, |a, b| format!("{} {} compile\n", a + 1, b + 1));
    format!("1 com.example:p0:jar:1.0\n{things_text}#\n{pairs}")
}

fn maven_json(things: usize, _: Shape) -> String {
    let artifact = |id: String, children: Vec<Json>| {
        json!({"groupId": "com.example", "artifactId": id, "version": "1.0", "type": "jar", "scope": "compile",
            "classifier": "", "optional": "false", "children": children})
    };
    let children = (0..things).map(|thing| artifact(name(thing), Vec::new())).collect();
    pretty(artifact("web".into(), children))
}

fn gradle_lock(things: usize, shape: Shape) -> String {
    let configuration = |thing| if shape == Shape::Chain { format!("conf{thing}") } else { "compileClasspath".into() };
    let line = |thing| format!("org.x:p{thing}:1.0={}\n", configuration(thing));
    let lines: String = (0..things).map(line).collect();
    format!("# This is a Gradle generated file for dependency locking.\n{lines}empty=annotationProcessor\n")
}

fn gradle_tree(things: usize, _: Shape) -> String {
    let head = "Root project 'web'\n\nruntimeClasspath - Runtime classpath of source set 'main'.\n";
    format!("{head}{}", (0..things).map(|thing| format!("+--- org.x:p{thing}:1.0\n")).collect::<String>())
}

fn debian(things: usize, shape: Shape) -> String {
    each(things, shape, |thing, needs| {
        let list = unless_empty(needs, format!("Depends: {}\n", joined(needs, ", ", name)));
        format!("Package: p{thing}\nVersion: 1\nArchitecture: all\n{list}\n")
    })
}

/// Virtual packages: one that all provide, or one each.
fn debian_choices(things: usize, shape: Shape) -> String {
    let package = |thing| {
        let provided = if shape == Shape::Star { 0 } else { thing };
        let wanted = if shape == Shape::Wide { 0 } else { thing / 2 };
        format!(
            "Package: p{thing}\nVersion: 1\nArchitecture: all\nProvides: v{provided}\nDepends: v{wanted} | v{}\n\n",
            thing + 1
        )
    };
    // A need of what very many provide is as many relations: that is output, not overhead.
    let package = |thing| {
        if shape == Shape::Star && thing > 0 { package(thing).replace("Depends", "X-Note") } else { package(thing) }
    };
    (0..things).map(package).collect()
}

fn cyclonedx(things: usize, shape: Shape) -> String {
    let purl = |thing| format!("pkg:npm/p{thing}@1");
    let components: Vec<Json> = (0..things)
        .map(|thing| json!({"type": "library", "bom-ref": name(thing), "name": name(thing), "purl": purl(thing)}))
        .collect();
    let dependencies = values(
        things,
        shape,
        |thing, needs| json!({"ref": name(thing), "dependsOn": needs.iter().map(|need| name(*need)).collect::<Vec<_>>()}),
    );
    pretty(
        json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components, "dependencies": dependencies}),
    )
}

fn cyclonedx_xml(things: usize, shape: Shape) -> String {
    let component =
        |thing| format!("<component type=\"library\" bom-ref=\"p{thing}\"><name>p{thing}</name></component>\n");
    let components: String = (0..things).map(component).collect();
    let dependencies = each(things, shape, |thing, needs| {
        let list = joined(needs, "", |need| format!("<dependency ref=\"p{need}\"/>\n"));
        format!("<dependency ref=\"p{thing}\">{list}</dependency>\n")
    });
    format!(
        "<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\">\n<components>\n{components}\
         </components>\n<dependencies>\n{dependencies}</dependencies>\n</bom>\n"
    )
}

fn spdx3(things: usize, shape: Shape) -> String {
    let id = |thing: usize| format!("https://example.org/p{thing}");
    let mut elements: Vec<Json> = (0..things)
        .map(|thing| json!({"type": "software_Package", "spdxId": id(thing), "name": name(thing)}))
        .collect();
    elements.extend(values(things, shape, |thing, needs| {
        json!({"type": "Relationship", "spdxId": format!("https://example.org/r{thing}"), "from": id(thing),
            "relationshipType": "dependsOn", "to": needs.iter().map(|need| id(*need)).collect::<Vec<_>>()})
    }));
    pretty(json!({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": elements}))
}

fn spdx(things: usize, shape: Shape) -> String {
    let id = |thing: usize| format!("SPDXRef-p{thing}");
    let packages: Vec<Json> = (0..things).map(|thing| json!({"SPDXID": id(thing), "name": name(thing)})).collect();
    let relationships: Vec<Json> = shape
        .pairs(things)
        .into_iter()
        .map(|(a, b)| json!({"spdxElementId": id(a), "relationshipType": "DEPENDS_ON", "relatedSpdxElement": id(b)}))
        .collect();
    pretty(json!({"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "web", "packages": packages,
        "relationships": relationships}))
}

fn spdx_yaml(things: usize, shape: Shape) -> String {
    let packages: String = (0..things).map(|thing| format!("- SPDXID: SPDXRef-p{thing}\n  name: p{thing}\n")).collect();
    let relationships = each_pair(things, shape, |a, b| {
        format!("- spdxElementId: SPDXRef-p{a}\n  relationshipType: DEPENDS_ON\n  relatedSpdxElement: SPDXRef-p{b}\n")
    });
    let head = "spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nname: web";
    format!("{head}\npackages:\n{packages}relationships:\n{relationships}")
}

fn compose(things: usize, shape: Shape) -> String {
    let service = |thing, needs: &[usize]| {
        let list =
            unless_empty(needs, format!("    depends_on:\n{}", joined(needs, "", |need| format!("    - p{need}\n"))));
        format!("  p{thing}:\n    image: nginx\n    environment:\n      URL: http://p0:80/\n{list}")
    };
    format!("services:\n{}", each(things, shape, service))
}

/// Pods, and services that select them.
fn kubernetes(things: usize, shape: Shape) -> String {
    let object = |thing: usize| {
        let label = if shape == Shape::Chain { thing } else { 0 };
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p{thing}\n  labels: {{app: a{label}}}\nspec:\n  containers:\n  \
             - name: c\n    image: nginx\n    env:\n    - name: DB\n      value: http://s{label}:80\n---\n"
        );
        let service = format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: s{thing}\nspec:\n  selector: {{app: a{thing}}}\n---\n"
        );
        pod + &service
    };
    (0..things).map(object).collect()
}

fn terraform(things: usize, shape: Shape) -> String {
    let resources = values(things, shape, |thing, needs| {
        let needs: Vec<String> = needs.iter().map(|need| format!("a.p{need}")).collect();
        json!({"mode": "managed", "type": "a", "name": name(thing), "instances": [{"dependencies": needs}]})
    });
    pretty(json!({"version": 4, "terraform_version": "1.11.4", "lineage": "x", "resources": resources}))
}

fn systemd(things: usize, shape: Shape) -> String {
    each(things, shape, |thing, needs| {
        let list = joined(needs, "", |need| format!("Requires=p{need}.service\n"));
        format!("# /etc/systemd/system/p{thing}.service\n[Unit]\n{list}\n")
    })
}

fn github_actions(things: usize, shape: Shape) -> String {
    let job = |thing, needs: &[usize]| {
        let list = unless_empty(needs, format!("    needs: [{}]\n", joined(needs, ",\n      ", name)));
        format!("  p{thing}:\n    runs-on: ubuntu-latest\n{list}")
    };
    format!("on: push\njobs:\n{}", each(things, shape, job))
}

fn gitlab_ci(things: usize, shape: Shape) -> String {
    let job = |thing, needs: &[usize]| {
        let list = unless_empty(needs, format!("  needs: [{}]\n", joined(needs, ",\n    ", name)));
        format!("p{thing}:\n  stage: build\n  script: make\n{list}")
    };
    format!("stages: [build]\n{}", each(things, shape, job))
}

fn dbt(things: usize, shape: Shape) -> String {
    let id = |thing: usize| format!("model.shop.p{thing}");
    let mut nodes = serde_json::Map::new();
    for (thing, needs) in shape.needs(things).iter().enumerate() {
        let needs: Vec<String> = needs.iter().map(|need| id(*need)).collect();
        nodes.insert(
            id(thing),
            json!({"resource_type": "model", "name": name(thing), "original_file_path": "m.sql",
                "depends_on": {"macros": [], "nodes": needs}}),
        );
    }
    let schema = "https://schemas.getdbt.com/dbt/manifest/v12.json";
    pretty(json!({"metadata": {"dbt_schema_version": schema, "dbt_version": "1.10.0"}, "nodes": nodes, "sources": {}}))
}

fn openlineage(things: usize, shape: Shape) -> String {
    let event = |thing: usize| {
        let job = if shape == Shape::Star { 0 } else { thing };
        let data = |thing: usize| json!([{"namespace": "s3", "name": name(thing)}]);
        let event = json!({"eventTime": "2026-01-01T00:00:00Z", "job": {"namespace": "n", "name": format!("j{job}")},
            "inputs": data(thing), "outputs": data(thing + 1)});
        format!("{event}\n")
    };
    (0..things).map(event).collect()
}

fn backstage(things: usize, shape: Shape) -> String {
    each(things, shape, |thing, needs| {
        let list = joined(needs, "", |need| format!("  - component:p{need}\n"));
        let list = unless_empty(needs, format!("  dependsOn:\n{list}"));
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: p{thing}\nspec:\n  type: service\n  \
             owner: keepers\n{list}---\n"
        )
    })
}

fn dot(things: usize, shape: Shape) -> String {
    format!("digraph g {{\n{}}}\n", each_pair(things, shape, |a, b| format!("p{a} -> p{b};\n")))
}

/// A cluster for every two nodes, or one node with very many attributes.
fn dot_clusters(things: usize, shape: Shape) -> String {
    let cluster = |thing: usize| match shape {
        Shape::Star => format!("hub [color=red, weight={thing}];\n"),
        _ => format!("subgraph cluster_{thing} {{ label=\"c{thing}\"; p{thing}; p{} }}\n", thing + 1),
    };
    format!("digraph g {{\n{}a -> b\n}}\n", (0..things).map(cluster).collect::<String>())
}

fn gexf(things: usize, shape: Shape) -> String {
    let nodes: String = (0..things).map(|thing| format!("<node id=\"{thing}\" label=\"p{thing}\"/>\n")).collect();
    let edges = each_pair(things, shape, |a, b| format!("<edge source=\"{a}\" target=\"{b}\"/>\n"));
    format!(
        "<gexf xmlns=\"http://gexf.net/1.3\" version=\"1.3\">\n<graph defaultedgetype=\"directed\">\n<nodes>\n{nodes}\
         </nodes>\n<edges>\n{edges}</edges>\n</graph>\n</gexf>\n"
    )
}

fn yed(things: usize, shape: Shape) -> String {
    let node = |thing| {
        let label = format!("<y:ShapeNode><y:NodeLabel>p{thing}</y:NodeLabel></y:ShapeNode>");
        format!("<node id=\"n{thing}\"><data key=\"d0\">{label}</data></node>\n")
    };
    let nodes: String = (0..things).map(node).collect();
    let edges = each_pair(things, shape, |a, b| format!("<edge source=\"n{a}\" target=\"n{b}\"/>\n"));
    format!(
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" xmlns:y=\"http://www.yworks.com/xml/graphml\">\n\
         <key for=\"node\" id=\"d0\" yfiles.type=\"nodegraphics\"/>\n<graph edgedefault=\"directed\" id=\"G\">\n{nodes}\
         {edges}</graph>\n</graphml>\n"
    )
}

fn cytoscape(things: usize, shape: Shape) -> String {
    let nodes: Vec<Json> = (0..things).map(|thing| json!({"data": {"id": name(thing), "name": name(thing)}})).collect();
    let edge = |(a, b)| json!({"data": {"source": name(a), "target": name(b), "interaction": "depends on"}});
    let edges: Vec<Json> = shape.pairs(things).into_iter().map(edge).collect();
    pretty(json!({"elements": {"nodes": nodes, "edges": edges}}))
}

fn adjacency_data(things: usize, shape: Shape) -> String {
    let nodes: Vec<Json> = (0..things).map(|thing| json!({"id": name(thing)})).collect();
    let adjacency =
        values(things, shape, |_, needs| needs.iter().map(|need| json!({"id": name(*need)})).collect::<Json>());
    pretty(json!({"directed": true, "multigraph": false, "graph": [], "nodes": nodes, "adjacency": adjacency}))
}

fn adjacency_lists(things: usize, shape: Shape) -> String {
    let mut lists = serde_json::Map::new();
    for (thing, needs) in shape.needs(things).iter().enumerate() {
        lists.insert(name(thing), needs.iter().map(|need| json!(name(*need))).collect());
    }
    pretty(Json::Object(lists))
}

fn json_lines(things: usize, shape: Shape) -> String {
    each_pair(things, shape, |a, b| format!("{{\"source\": \"p{a}\", \"target\": \"p{b}\"}}\n"))
}

fn json_edges(things: usize, shape: Shape) -> String {
    let edge = |(a, b)| json!({"source": name(a), "target": name(b)});
    pretty(shape.pairs(things).into_iter().map(edge).collect())
}

fn csv_edges(things: usize, shape: Shape) -> String {
    format!("source,target,weight\n{}", each_pair(things, shape, |a, b| format!("p{a},p{b},1\n")))
}

/// A single row of very many columns, or a list of very many names in one cell.
fn csv_columns(things: usize, shape: Shape) -> String {
    match shape {
        Shape::Wide => format!(
            "name,depends_on\n{}",
            each(things, shape, |thing, needs| { format!("p{thing},\"{}\"\n", joined(needs, ";", name)) })
        ),
        Shape::Star | Shape::Chain => {
            // More than a thousand are refused.
            let columns = things / 10;
            let headings: String = (0..columns).map(|column| format!(",c{column}")).collect();
            format!("source,target{headings}\nweb,api{}\n", ",1".repeat(columns))
        }
    }
}

fn pairs(things: usize, shape: Shape) -> String {
    each_pair(things, shape, |a, b| format!("p{a} p{b}\n"))
}
