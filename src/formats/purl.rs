//! [`Purl`]: a package URL, taken apart and named as people name such a package.

use std::borrow::Cow;

use super::identity;

/// `pkg:npm/%40babel/core@7.0.0`, without escapes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Purl<'a> {
    /// In lower case: `npm`.
    pub kind: String,
    /// Empty if there is none.
    pub namespace: String,
    pub name: String,
    /// Empty if there is none.
    pub version: String,
    qualifiers: &'a str,
}

impl<'a> Purl<'a> {
    /// `None` if the text is not a package URL.
    pub fn parse(text: &'a str) -> Option<Purl<'a>> {
        let rest = text.strip_prefix("pkg:")?.trim_start_matches('/').split('#').next()?;
        let (rest, qualifiers) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, rest) = rest.split_once('/')?;
        let rest = rest.trim_matches('/');
        let (path, version) = match rest.rsplit_once('@') {
            // An unencoded `@` may begin a scope: `pkg:npm/@babel/core`.
            Some((path, version)) if !path.is_empty() && !version.contains('/') => (path, version),
            _ => (rest, ""),
        };
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        let part = identity::decoded;
        let (namespace, name, version) = (part(namespace), part(name), part(version));
        (!name.is_empty()).then(|| Purl { kind: kind.to_ascii_lowercase(), namespace, name, version, qualifiers })
    }

    /// As people who use such packages write it.
    pub fn spoken(&self) -> Cow<'_, str> {
        match (self.kind.as_str(), self.namespace.as_str()) {
            (_, "") => Cow::Borrowed(&self.name),
            ("maven", group) => Cow::Owned(format!("{group}:{}", self.name)),
            // The namespace of a system's package is the system.
            ("deb" | "rpm" | "apk" | "alpm" | "qpkg", _) => Cow::Borrowed(&self.name),
            (_, namespace) => Cow::Owned(format!("{namespace}/{}", self.name)),
        }
    }

    /// The image that an address of kind `docker` or `oci` names, if it says which.
    pub fn image(&self) -> Option<String> {
        let is_digest = self.version.starts_with("sha256:");
        match self.kind.as_str() {
            // A digest is the image's own number there, which no registry knows it by.
            "docker" if !self.version.is_empty() && !is_digest => {
                let registry = self.qualifier("repository_url").unwrap_or("docker.io");
                let registry = registry.trim_start_matches("https://").trim_end_matches('/');
                Some(identity::image(&format!("{registry}/{}:{}", self.spoken(), self.version)))
            }
            "oci" if is_digest => {
                let repository = identity::decoded(self.qualifier("repository_url")?);
                Some(identity::image(&format!("{}@{}", repository.trim_end_matches('/'), self.version)))
            }
            _ => None,
        }
    }

    fn qualifier(&self, name: &str) -> Option<&'a str> {
        self.qualifiers.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, v)| v)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_spoken_names() {
        for (text, kind, spoken, version) in [
            ("pkg:npm/%40babel/core@7.0.0", "npm", "@babel/core", "7.0.0"),
            ("pkg:npm/@babel/core", "npm", "@babel/core", ""),
            ("pkg:PyPI/jinja2@3.1.6", "pypi", "jinja2", "3.1.6"),
            ("pkg:maven/org.slf4j/slf4j-api@2.0.1?type=jar", "maven", "org.slf4j:slf4j-api", "2.0.1"),
            ("pkg:golang/github.com/a/b@v1.2.3#sub", "golang", "github.com/a/b", "v1.2.3"),
            ("pkg:deb/debian/libssl3@3.0.11-1?arch=amd64", "deb", "libssl3", "3.0.11-1"),
            ("pkg:generic/a%2Fb@1%2B2", "generic", "a/b", "1+2"),
        ] {
            let purl = Purl::parse(text).unwrap();
            assert_eq!((purl.kind.as_str(), &*purl.spoken(), purl.version.as_str()), (kind, spoken, version), "{text}");
        }
        assert_eq!(Purl::parse("ms@2.0.0"), None);
        assert_eq!(Purl::parse("pkg:npm/"), None);
    }

    #[test]
    fn images() {
        for (text, image) in [
            ("pkg:docker/nginx@1.25", Some("image:docker.io/library/nginx:1.25")),
            ("pkg:docker/acme/web@2?repository_url=gcr.io", Some("image:gcr.io/acme/web:2")),
            ("pkg:docker/nginx@sha256:ab", None),
            ("pkg:oci/web@sha256%3Aab?repository_url=ghcr.io/acme/web&tag=2", Some("image:ghcr.io/acme/web@sha256:ab")),
            ("pkg:oci/web@sha256%3Aab", None),
            ("pkg:npm/ms@2.0.0", None),
        ] {
            assert_eq!(Purl::parse(text).unwrap().image().as_deref(), image, "{text}");
        }
    }
}
