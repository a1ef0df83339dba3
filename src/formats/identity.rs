//! Identifiers that are valid in every file.
//!
//! Two files mean one thing if they give it the same identifier; so each is written in one way only.

/// The identity of a package URL: type, namespace, name, version. Qualifiers and subpath tell how to fetch a package,
/// not which one it is, but for those that choose among the artifacts of one Maven module. `None` if it is no
/// package URL.
pub fn canonical(purl: &str) -> Option<String> {
    let rest = purl.strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split('#').next()?;
    let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
    let (kind, rest) = rest.split_once('/')?;
    let kind = kind.to_ascii_lowercase();
    let (path, version) = match rest.rsplit_once('@') {
        // An unencoded `@` may begin a scope: `pkg:npm/@babel/core`.
        Some((path, version)) if !path.is_empty() && !version.contains('/') => (path, decoded(version)),
        _ => (rest, String::new()),
    };
    let path = decoded(path.trim_matches('/'));
    let (namespace, name) = path.rsplit_once('/').map_or(("", path.as_str()), |(namespace, name)| (namespace, name));
    let mut identity = package(&kind, namespace, name, &version);
    if kind == "maven" {
        let of =
            |wanted: &str| qualifiers.split('&').filter_map(|part| part.split_once('=')).find(|(k, _)| *k == wanted);
        for (key, value) in ["classifier", "type"].iter().filter_map(|key| of(key)).filter(|(_, value)| *value != "jar")
        {
            identity.push_str(if identity.contains('?') { "&" } else { "?" });
            identity.push_str(&format!("{key}={value}"));
        }
    }
    Some(identity)
}

/// The identity of a package: `pkg:npm/@babel/core@7.0.0`. It is written without escapes, as people type it.
pub fn package(kind: &str, namespace: &str, name: &str, version: &str) -> String {
    let (namespace, name) = match kind {
        // The specification folds these; so do the registries.
        "pypi" => (namespace.to_string(), python_name(name)),
        "github" | "bitbucket" | "deb" | "alpm" | "apk" | "composer" => (namespace.to_lowercase(), name.to_lowercase()),
        _ => (namespace.to_string(), name.to_string()),
    };
    let namespace = if namespace.is_empty() { namespace } else { format!("{namespace}/") };
    let version = if version.is_empty() { String::new() } else { format!("@{version}") };
    format!("pkg:{kind}/{namespace}{name}{version}")
}

/// PyPI's normalised name: lower case, runs of `-`, `_` and `.` as one `-`.
pub fn python_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            c => normal.extend(c.to_lowercase()),
        }
    }
    normal
}

/// A container image in full: registry, repository, tag or digest. `nginx` is `image:docker.io/library/nginx:latest`.
pub fn image(reference: &str) -> String {
    let (reference, digest) =
        reference.split_once('@').map_or((reference, None), |(name, digest)| (name, Some(digest)));
    let (first, rest) = reference.split_once('/').unwrap_or(("", reference));
    let is_registry = first.contains(['.', ':']) || first == "localhost";
    let (registry, path) = if is_registry { (first, rest) } else { ("docker.io", reference) };
    let path = if registry == "docker.io" && !path.contains('/') { format!("library/{path}") } else { path.into() };
    match digest {
        // A digest says which image it is; a tag beside it is only a remark.
        Some(digest) => format!("image:{registry}/{}@{digest}", path.split(':').next().unwrap_or(&path)),
        None if path.contains(':') => format!("image:{registry}/{path}"),
        None => format!("image:{registry}/{path}:latest"),
    }
}

/// A systemd unit.
pub fn unit(name: &str) -> String {
    format!("unit:{name}")
}

/// A folder of sources: what is built from it is what its manifest describes.
pub fn folder(path: &str) -> String {
    format!("dir:{}", if path.is_empty() { "." } else { path })
}

/// A name in an edge list, where names are all there is: the same name in another list is the same thing.
pub fn name(name: &str) -> String {
    format!("name:{name}")
}

/// The text without its percent escapes.
pub(super) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_package_has_one_identity() {
        for (purl, identity) in [
            ("pkg:npm/%40babel/core@7.0.0", "pkg:npm/@babel/core@7.0.0"),
            ("pkg:npm/@babel/core", "pkg:npm/@babel/core"),
            ("pkg:PYPI/Foo_Bar@1.0", "pkg:pypi/foo-bar@1.0"),
            ("pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12", "pkg:deb/debian/libssl3@3.0.11-1"),
            ("pkg:deb/debian/a@1%2Bb", "pkg:deb/debian/a@1+b"),
            ("pkg:maven/org.a/b@1?type=jar", "pkg:maven/org.a/b@1"),
            ("pkg:maven/org.a/b@1?type=zip&classifier=dist", "pkg:maven/org.a/b@1?classifier=dist&type=zip"),
            ("pkg:golang/github.com/a/b@v1.2.3#sub/dir", "pkg:golang/github.com/a/b@v1.2.3"),
        ] {
            assert_eq!(canonical(purl).as_deref(), Some(identity), "{purl}");
        }
        assert_eq!(canonical("serde"), None);
        assert_eq!(canonical("pkg:npm"), None);
    }

    #[test]
    fn one_image_has_one_identity() {
        for (reference, identity) in [
            ("nginx", "image:docker.io/library/nginx:latest"),
            ("acme/web:1.2", "image:docker.io/acme/web:1.2"),
            ("localhost:5000/a", "image:localhost:5000/a:latest"),
            ("ghcr.io/a/b:1@sha256:ab", "image:ghcr.io/a/b@sha256:ab"),
            ("docker.io/library/nginx:latest", "image:docker.io/library/nginx:latest"),
        ] {
            assert_eq!(image(reference), identity, "{reference}");
        }
    }
}
