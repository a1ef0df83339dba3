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

/// The words of a setting that may be hosts, in the order written.
pub(super) fn hosts<'t>(name: &str, value: &'t str) -> Vec<&'t str> {
    if is_about_images(name) {
        return Vec::new();
    }
    let is_hinted = is_hint(name);
    let words = value.split(|c: char| c.is_whitespace() || ",;\"'()[]{}<>|`".contains(c));
    words.filter(|word| !word.is_empty()).filter_map(|word| host(is_hinted, word)).collect()
}

/// The host of a word: of a URL, before a port, or the whole word if the setting is one that names hosts.
fn host(is_hinted: bool, word: &str) -> Option<&str> {
    if let Some((_, rest)) = word.rsplit_once("://") {
        return named(without_ports(authority(rest)));
    }
    if let Some((key, value)) = word.split_once('=') {
        return if is_about_images(key) { None } else { host(is_hint(key), value) };
    }
    let authority = authority(word);
    let name = without_ports(authority);
    let is_sure = name.len() < authority.len();
    named(name).filter(|_| is_sure || is_hinted)
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
            ("X", "db.prod.svc.cluster.local:80", &["db.prod.svc.cluster.local"]),
        ] {
            assert_eq!(hosts(name, value), expected, "{name}={value}");
        }
    }
}
