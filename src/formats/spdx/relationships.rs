//! The relationship types of SPDX, and what they are in the graph.

/// A type of the specification.
pub(super) struct Row {
    pub name: &'static str,
    /// Whether it reads the other way round: `A DEPENDENCY_OF B` is `B DEPENDS_ON A`.
    pub is_turned: bool,
    pub relation: &'static str,
    /// The kind of need, or what the type says beyond ours; may be empty.
    pub kind: &'static str,
}

const fn row(name: &'static str, is_turned: bool, relation: &'static str, kind: &'static str) -> Row {
    Row { name, is_turned, relation, kind }
}

/// A relationship of a type that the tables do not know.
pub(super) const OTHER: &Row = &row("OTHER", false, "RELATED_TO", "");

const AS_IS: bool = false;
const TURNED: bool = true;

/// SPDX 2.3, 11.1; 2.2 has a part of them.
pub(super) const TYPES_2: &[Row] = &[
    row("DESCRIBES", AS_IS, "DESCRIBES", ""),
    row("DESCRIBED_BY", TURNED, "DESCRIBES", ""),
    row("CONTAINS", AS_IS, "CONTAINS", ""),
    row("CONTAINED_BY", TURNED, "CONTAINS", ""),
    row("DEPENDS_ON", AS_IS, "DEPENDS_ON", "unknown"),
    row("DEPENDENCY_OF", TURNED, "DEPENDS_ON", "unknown"),
    row("DEPENDENCY_MANIFEST_OF", AS_IS, "DESCRIBES", "manifest"),
    row("BUILD_DEPENDENCY_OF", TURNED, "DEPENDS_ON", "build"),
    row("DEV_DEPENDENCY_OF", TURNED, "DEV_DEPENDS_ON", "dev"),
    row("OPTIONAL_DEPENDENCY_OF", TURNED, "OPTIONALLY_DEPENDS_ON", "optional"),
    row("PROVIDED_DEPENDENCY_OF", TURNED, "DEPENDS_ON", "provided"),
    row("TEST_DEPENDENCY_OF", TURNED, "DEV_DEPENDS_ON", "test"),
    row("RUNTIME_DEPENDENCY_OF", TURNED, "DEPENDS_ON", "runtime"),
    row("EXAMPLE_OF", AS_IS, "DESCRIBES", "example"),
    row("GENERATES", TURNED, "GENERATED_FROM", ""),
    row("GENERATED_FROM", AS_IS, "GENERATED_FROM", ""),
    row("ANCESTOR_OF", TURNED, "DERIVED_FROM", ""),
    row("DESCENDANT_OF", AS_IS, "DERIVED_FROM", ""),
    row("VARIANT_OF", AS_IS, "VARIANT_OF", ""),
    row("DISTRIBUTION_ARTIFACT", AS_IS, "DISTRIBUTED_WITH", ""),
    row("PATCH_FOR", AS_IS, "PATCHES", ""),
    row("PATCH_APPLIED", AS_IS, "PATCHES", "applied"),
    row("COPY_OF", AS_IS, "DERIVED_FROM", "copy"),
    row("FILE_ADDED", TURNED, "CONTAINS", "added"),
    row("FILE_DELETED", AS_IS, "DELETED_FROM", ""),
    row("FILE_MODIFIED", AS_IS, "DERIVED_FROM", "modified"),
    row("EXPANDED_FROM_ARCHIVE", AS_IS, "DERIVED_FROM", "expanded"),
    row("DYNAMIC_LINK", AS_IS, "DEPENDS_ON", "dynamic-link"),
    row("STATIC_LINK", AS_IS, "DEPENDS_ON", "static-link"),
    row("DATA_FILE_OF", TURNED, "USES", "data-file"),
    row("TEST_CASE_OF", AS_IS, "TESTS", "case"),
    row("TEST_OF", AS_IS, "TESTS", ""),
    row("TEST_TOOL_OF", TURNED, "DEV_DEPENDS_ON", "test-tool"),
    row("BUILD_TOOL_OF", TURNED, "DEPENDS_ON", "build-tool"),
    row("DEV_TOOL_OF", TURNED, "DEV_DEPENDS_ON", "dev-tool"),
    row("DOCUMENTATION_OF", AS_IS, "DESCRIBES", "documentation"),
    row("OPTIONAL_COMPONENT_OF", AS_IS, "PART_OF", "optional"),
    row("METAFILE_OF", AS_IS, "DESCRIBES", "metafile"),
    row("PACKAGE_OF", AS_IS, "PART_OF", "package"),
    row("AMENDS", AS_IS, "AMENDS", ""),
    row("PREREQUISITE_FOR", TURNED, "DEPENDS_ON", "prerequisite"),
    row("HAS_PREREQUISITE", AS_IS, "DEPENDS_ON", "prerequisite"),
    row("REQUIREMENT_DESCRIPTION_FOR", AS_IS, "DESCRIBES", "requirement"),
    row("SPECIFICATION_FOR", AS_IS, "DESCRIBES", "specification"),
    row("OTHER", AS_IS, "RELATED_TO", ""),
];

/// SPDX 3.0.1, Core/RelationshipType. Licences are not among them: they become a property.
pub(super) const TYPES_3: &[Row] = &[
    row("affects", AS_IS, "AFFECTS", ""),
    row("amendedBy", TURNED, "AMENDS", ""),
    row("ancestorOf", TURNED, "DERIVED_FROM", ""),
    row("availableFrom", AS_IS, "RELATED_TO", "availableFrom"),
    row("configures", TURNED, "CONFIGURED_BY", ""),
    row("contains", AS_IS, "CONTAINS", ""),
    row("coordinatedBy", AS_IS, "RELATED_TO", "coordinatedBy"),
    row("copiedTo", TURNED, "DERIVED_FROM", "copy"),
    row("delegatedTo", AS_IS, "RELATED_TO", "delegatedTo"),
    row("dependsOn", AS_IS, "DEPENDS_ON", "unknown"),
    row("descendantOf", AS_IS, "DERIVED_FROM", ""),
    row("describes", AS_IS, "DESCRIBES", ""),
    row("doesNotAffect", AS_IS, "RELATED_TO", "doesNotAffect"),
    row("expandsTo", TURNED, "DERIVED_FROM", "expanded"),
    row("exploitCreatedBy", AS_IS, "RELATED_TO", "exploitCreatedBy"),
    row("fixedBy", AS_IS, "RELATED_TO", "fixedBy"),
    row("fixedIn", AS_IS, "RELATED_TO", "fixedIn"),
    row("foundBy", AS_IS, "RELATED_TO", "foundBy"),
    row("generates", TURNED, "GENERATED_FROM", ""),
    row("hasAddedFile", AS_IS, "CONTAINS", "added"),
    row("hasAssessmentFor", AS_IS, "RELATED_TO", "hasAssessmentFor"),
    row("hasAssociatedVulnerability", AS_IS, "RELATED_TO", "hasAssociatedVulnerability"),
    row("hasDataFile", AS_IS, "USES", "data-file"),
    row("hasDeletedFile", TURNED, "DELETED_FROM", ""),
    row("hasDependencyManifest", TURNED, "DESCRIBES", "manifest"),
    row("hasDistributionArtifact", AS_IS, "DISTRIBUTED_WITH", "artifact"),
    row("hasDocumentation", TURNED, "DESCRIBES", "documentation"),
    row("hasDynamicLink", AS_IS, "DEPENDS_ON", "dynamic-link"),
    row("hasEvidence", TURNED, "DESCRIBES", "evidence"),
    row("hasExample", TURNED, "DESCRIBES", "example"),
    row("hasHost", AS_IS, "RUNS_ON", ""),
    row("hasInput", AS_IS, "READS", ""),
    row("hasMetadata", TURNED, "DESCRIBES", "metadata"),
    row("hasOptionalComponent", TURNED, "PART_OF", "optional"),
    row("hasOptionalDependency", AS_IS, "OPTIONALLY_DEPENDS_ON", "optional"),
    row("hasOutput", AS_IS, "WRITES", ""),
    row("hasPrerequisite", AS_IS, "DEPENDS_ON", "prerequisite"),
    row("hasProvidedDependency", AS_IS, "DEPENDS_ON", "provided"),
    row("hasRequirement", TURNED, "DESCRIBES", "requirement"),
    row("hasSpecification", TURNED, "DESCRIBES", "specification"),
    row("hasStaticLink", AS_IS, "DEPENDS_ON", "static-link"),
    row("hasTest", TURNED, "TESTS", ""),
    row("hasTestCase", TURNED, "TESTS", "case"),
    row("hasVariant", AS_IS, "VARIANT_OF", ""),
    row("invokedBy", TURNED, "TRIGGERS", ""),
    row("modifiedBy", TURNED, "PATCHES", "modified"),
    row("other", AS_IS, "RELATED_TO", ""),
    row("packagedBy", TURNED, "GENERATED_FROM", "packaged"),
    row("patchedBy", TURNED, "PATCHES", ""),
    row("publishedBy", AS_IS, "RELATED_TO", "publishedBy"),
    row("reportedBy", AS_IS, "RELATED_TO", "reportedBy"),
    row("republishedBy", AS_IS, "RELATED_TO", "republishedBy"),
    row("serializedInArtifact", AS_IS, "RELATED_TO", "serializedInArtifact"),
    row("testedOn", AS_IS, "DEV_DEPENDS_ON", "test"),
    row("trainedOn", AS_IS, "GENERATED_FROM", "trained"),
    row("underInvestigationFor", AS_IS, "RELATED_TO", "underInvestigationFor"),
    row("usesTool", AS_IS, "DEPENDS_ON", "tool"),
];

/// What a need of a phase of life (SPDX 3.0.1, Core/LifecycleScopeType) is: its type and its kind.
pub(super) fn in_scope(row: &'static Row, scope: &str) -> (&'static str, &'static str) {
    let is_need = row.relation == "DEPENDS_ON";
    match scope {
        "development" if is_need => ("DEV_DEPENDS_ON", "dev"),
        "test" if is_need => ("DEV_DEPENDS_ON", "test"),
        "design" if is_need => ("DEV_DEPENDS_ON", "design"),
        "build" if is_need => ("DEPENDS_ON", "build"),
        "runtime" if is_need => ("DEPENDS_ON", "runtime"),
        _ => (row.relation, row.kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::relation_types;

    #[test]
    fn every_type_is_known_to_the_graph_and_listed_once() {
        for table in [TYPES_2, TYPES_3] {
            for (at, row) in table.iter().enumerate() {
                assert!(relation_types().iter().any(|known| known.name == row.relation), "{}", row.relation);
                assert!(table[..at].iter().all(|other| other.name != row.name), "{}", row.name);
            }
        }
        // As many as the specifications list, but the two of licences.
        assert_eq!((TYPES_2.len(), TYPES_3.len()), (45, 59 - 2));
    }
}
