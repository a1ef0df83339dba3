//! Host names in settings: `postgres://user@db:5432/app`, `kafka-1:9092,kafka-2:9092`, or `db` where the name of the
//! setting says that a host is meant.
//!
//! A setting is any text: whether a word in it is a host is a guess until it is compared with the names of services,
//! which is left to the caller.

/// Parts of the name of a setting whose whole value is a host. `connection`, `driver` and `backend` are left out:
/// frameworks name a protocol there (`DB_CONNECTION=mysql`).
const HINTS: [&str; 17] = [
    "host",
    "server",
    "addr",
    "url",
    "uri",
    "endpoint",
    "broker",
    "peer",
    "node",
    "service",
    "upstream",
    "proxy",
    "seed",
    "bootstrap",
    "dsn",
    "master",
    "primary",
];

/// Schemes whose URLs name a host; others (`s3`, `file`, `oci`) name one only if a port follows.
const SCHEMES: [&str; 34] = [
    "amqp",
    "amqps",
    "cassandra",
    "clickhouse",
    "couchdb",
    "ftp",
    "grpc",
    "grpcs",
    "http",
    "https",
    "kafka",
    "ldap",
    "ldaps",
    "mariadb",
    "memcached",
    "mongodb",
    "mqtt",
    "mqtts",
    "mysql",
    "nats",
    "otlp",
    "postgres",
    "postgresql",
    "pulsar",
    "redis",
    "rediss",
    "sftp",
    "smtp",
    "smtps",
    "tcp",
    "udp",
    "ws",
    "wss",
    "zk",
];

/// A word that may be a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host<'t> {
    pub name: &'t str,
    /// Whether its form leaves no doubt: in a URL, or before a port in a setting that asks for a host.
    pub is_certain: bool,
}

/// The words of a setting that may be hosts, in the order written.
pub(super) fn hosts<'t>(name: &str, value: &'t str) -> Vec<Host<'t>> {
    if is_about_images(name) {
        return Vec::new();
    }
    let is_hinted = is_hint(name);
    let words = value.split(|c: char| c.is_whitespace() || ",;\"'()[]{}<>|`".contains(c));
    words.filter(|word| !word.is_empty()).filter_map(|word| host(is_hinted, word)).collect()
}

/// The host of a word: of a URL, before a port, or the whole word if the setting is one that names hosts.
fn host(is_hinted: bool, word: &str) -> Option<Host<'_>> {
    if let Some((scheme, rest)) = word.rsplit_once("://") {
        let authority = authority(rest);
        let name = named(without_ports(authority))?;
        let scheme = scheme.rsplit([':', '=']).next().and_then(|last| last.split('+').next()).unwrap_or(scheme);
        let is_certain = name.len() < authority.len() || SCHEMES.contains(&&*scheme.to_ascii_lowercase());
        return Some(Host { name, is_certain });
    }
    if let Some((key, value)) = word.split_once('=') {
        return if is_about_images(key) { None } else { host(is_hint(key), value) };
    }
    let authority = authority(word);
    let name = named(without_ports(authority))?;
    let has_port = name.len() < authority.len();
    (has_port || is_hinted).then_some(Host { name, is_certain: has_port && is_hinted })
}

fn authority(text: &str) -> &str {
    let authority = text.split(['/', '?', '#']).next().unwrap_or(text);
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

/// `zoo1` of `zoo1:2888:3888`; a text whose colons do not part ports stays whole.
fn without_ports(authority: &str) -> &str {
    let Some((name, ports)) = authority.split_once(':') else { return authority };
    let is_port = |port: &str| (2..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    if ports.split(':').all(is_port) { name } else { authority }
}

fn named(name: &str) -> Option<&str> {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

fn is_hint(name: &str) -> bool {
    let name = name.to_lowercase();
    HINTS.iter().any(|hint| name.contains(hint))
}

/// `redis:16` is an image there and no port.
fn is_about_images(name: &str) -> bool {
    let name = name.to_lowercase();
    ["image", "version", "_tag"].iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_in_settings() {
        for (name, value, expected) in [
            ("DATABASE_URL", "postgres://user:p@ss@db:5432/app?sslmode=disable", &["db"][..]),
            ("X", "mongodb://m1:27017,m2:27017/app", &["m1", "m2"]),
            ("X", "PLAINTEXT://kafka:9092,EXTERNAL://localhost:9094", &["kafka", "localhost"]),
            ("X", "jdbc:mysql://db/app", &["db"]),
            ("DB_HOST", "db", &["db"]),
            ("POSTGRES_DB", "db", &[]),
            ("DB_CONNECTION", "mysql", &[]),
            ("CACHE", "redis:6379/0", &["redis"]),
            ("CACHE", "Server=db;Database=app;User Id=sa", &["db"]),
            ("DSN", "root:secret@tcp(db:3306)/app", &["tcp", "db"]),
            ("ZOO_SERVERS", "server.1=zoo1:2888:3888;2181 server.2=zoo2:2888:3888", &["zoo1", "2181", "zoo2"]),
            ("VOTERS", "1@kafka1:9093", &["kafka1"]),
            ("CMD", "--redis-addr=redis:6379", &["redis"]),
            ("CMD", "--image=redis:16", &[]),
            ("REDIS_IMAGE", "redis:16", &[]),
            ("X", "root@s3://bucket/key file:///etc/x", &["bucket"]),
            ("X", "db.prod.svc.cluster.local:80", &["db.prod.svc.cluster.local"]),
        ] {
            let got: Vec<&str> = hosts(name, value).iter().map(|host| host.name).collect();
            assert_eq!(got, expected, "{name}={value}");
        }
    }

    #[test]
    fn forms_that_leave_no_doubt() {
        let certain = |name, value| hosts(name, value).first().is_some_and(|host| host.is_certain);
        assert!(certain("X", "http://db") && certain("DB_ADDR", "db:80") && certain("X", "any://db:80"));
        assert!(certain("X", "mongodb+srv://db/x") && certain("X", "jdbc:mysql://db/x"));
        assert!(!certain("X", "db:80") && !certain("DB_HOST", "db") && !certain("X", "s3://bucket/x"));
    }
}
