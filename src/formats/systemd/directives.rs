//! Settings that name units, and what each means.

/// At which end of the relation the named units are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The unit relates to those named.
    There,
    /// Those named relate to the unit.
    Here,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    pub section: &'static str,
    pub key: &'static str,
    pub relationship_type: &'static str,
    pub end: End,
}

const fn unit(key: &'static str, relationship_type: &'static str, end: End) -> Directive {
    Directive { section: "Unit", key, relationship_type, end }
}

const fn install(key: &'static str, relationship_type: &'static str, end: End) -> Directive {
    Directive { section: "Install", key, relationship_type, end }
}

/// systemd.unit(5); what a failure does is in `relations.toml`, by type.
pub(super) const DIRECTIVES: &[Directive] = &[
    unit("Requires", "DEPENDS_ON", End::There),
    unit("Requisite", "DEPENDS_ON", End::There),
    unit("Wants", "WANTS", End::There),
    unit("BindsTo", "BINDS_TO", End::There),
    unit("PartOf", "STOPS_WITH", End::There),
    unit("Upholds", "UPHOLDS", End::There),
    unit("Conflicts", "CONFLICTS_WITH", End::There),
    unit("After", "STARTS_AFTER", End::There),
    unit("Before", "STARTS_AFTER", End::Here),
    unit("OnFailure", "FAILURE_HANDLED_BY", End::There),
    unit("OnSuccess", "TRIGGERS", End::There),
    unit("PropagatesReloadTo", "RELOADS", End::There),
    unit("ReloadPropagatedFrom", "RELOADS", End::Here),
    unit("PropagatesStopTo", "STOPS_WITH", End::Here),
    unit("StopPropagatedFrom", "STOPS_WITH", End::There),
    unit("JoinsNamespaceOf", "JOINS_NAMESPACE_OF", End::There),
    Directive { section: "Service", key: "Sockets", relationship_type: "WANTS", end: End::There },
    install("WantedBy", "WANTS", End::Here),
    install("RequiredBy", "DEPENDS_ON", End::Here),
    install("UpheldBy", "UPHOLDS", End::Here),
    install("Also", "ENABLES", End::There),
    install("Alias", "PROVIDES", End::There),
];
