//! The forms of `redis.url`. Those with `rediss` instead of `redis` mean TLS.

use doorward_service_kit::config::ConfigError;

/// A parsed `redis.url`: URLs that each name one server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// `redis://[USER@]HOST:PORT[/DATABASE]`
    Server(String),
    /// `redis-sentinel://[USER@]HOST:PORT,HOST:PORT/SERVICE[/DATABASE]`; the user is that of the server, not of the
    /// Sentinels.
    Sentinel {
        sentinels: Vec<String>,
        service_name: String,
        /// User and database; the Sentinels know the host.
        server: String,
    },
    /// `redis-cluster://[USER@]HOST:PORT,HOST:PORT`
    Cluster(Vec<String>),
}

const SENTINEL_PORT: u16 = 26_379;

impl Address {
    /// The library checks each URL later.
    pub(super) fn parse(url: &str) -> Result<Self, ConfigError> {
        // Would switch verification off.
        if url.contains('#') {
            return Err(invalid("must not contain #"));
        }
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        match scheme {
            "redis" | "rediss" => Ok(Self::Server(url.to_owned())),
            "redis-sentinel" => Self::sentinel("redis", rest),
            "rediss-sentinel" => Self::sentinel("rediss", rest),
            "redis-cluster" => Self::cluster("redis", rest),
            "rediss-cluster" => Self::cluster("rediss", rest),
            _ => Err(invalid(
                "must begin with redis://, redis-sentinel:// or redis-cluster://, or with rediss for TLS",
            )),
        }
    }

    fn sentinel(scheme: &str, rest: &str) -> Result<Self, ConfigError> {
        let (user, rest) = split_user(rest);
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (service_name, database) = path.split_once('/').unwrap_or((path, ""));
        if service_name.is_empty() {
            return Err(invalid(
                "names no service; the form is redis-sentinel://HOST:PORT,HOST:PORT/SERVICE[/DATABASE]",
            ));
        }
        let with_port = |host: &str| match host.rsplit_once(':') {
            Some((_, port)) if port.parse::<u16>().is_ok() => format!("{scheme}://{host}/"),
            _ => format!("{scheme}://{host}:{SENTINEL_PORT}/"),
        };
        Ok(Self::Sentinel {
            sentinels: hosts.split(',').map(with_port).collect(),
            service_name: service_name.to_owned(),
            server: format!("{scheme}://{user}localhost/{database}"),
        })
    }

    fn cluster(scheme: &str, rest: &str) -> Result<Self, ConfigError> {
        let (user, rest) = split_user(rest);
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !path.is_empty() {
            return Err(invalid(
                "a cluster has one database only, so no path may follow",
            ));
        }
        let url = |host: &str| format!("{scheme}://{user}{host}/");
        Ok(Self::Cluster(hosts.split(',').map(url).collect()))
    }

    /// The URLs with the hosts that are connected to first.
    pub(super) fn urls(&self) -> &[String] {
        match self {
            Self::Server(url) => std::slice::from_ref(url),
            Self::Sentinel { sentinels, .. } => sentinels,
            Self::Cluster(urls) => urls,
        }
    }

    pub(super) fn has_tls(&self) -> bool {
        self.urls().iter().all(|url| url.starts_with("rediss:"))
    }

    /// Whether the URL names a topology with replicas.
    pub(super) fn has_replicas(&self) -> bool {
        !matches!(self, Self::Server(_))
    }
}

/// Returns the part up to and with `@`.
fn split_user(rest: &str) -> (&str, &str) {
    rest.rfind('@')
        .map_or(("", rest), |at| rest.split_at(at + 1))
}

/// An error without the value, which may contain a password.
fn invalid(problem: &str) -> ConfigError {
    ConfigError::invalid("redis.url", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let server = "redis://doorward@redis:6379/2";
        assert_eq!(
            Address::parse(server).unwrap(),
            Address::Server(server.to_owned())
        );
        assert_eq!(
            Address::parse("redis-sentinel://doorward@a:26379,b,[::1]:1/main/2").unwrap(),
            Address::Sentinel {
                sentinels: ["redis://a:26379/", "redis://b:26379/", "redis://[::1]:1/"]
                    .map(str::to_owned)
                    .into(),
                service_name: "main".to_owned(),
                server: "redis://doorward@localhost/2".to_owned(),
            }
        );
        let Address::Sentinel { sentinels, .. } =
            Address::parse("rediss-sentinel://a,b/main").unwrap()
        else {
            panic!("not the form");
        };
        assert_eq!(sentinels[0], "rediss://a:26379/");
        let tls = [
            "rediss://a/",
            "rediss-cluster://a,b",
            "rediss-sentinel://a/main",
        ];
        assert!(tls.iter().all(|url| Address::parse(url).unwrap().has_tls()));
        assert!(!Address::parse(server).unwrap().has_tls());
        let cluster = ["redis://u:p@a:7000/", "redis://u:p@b:7001/"].map(str::to_owned);
        assert_eq!(
            Address::parse("redis-cluster://u:p@a:7000,b:7001/").unwrap(),
            Address::Cluster(cluster.into())
        );
    }

    #[test]
    fn refusals_name_the_setting_and_no_secret() {
        for url in [
            "",
            "localhost:6379",
            "http://u:secret@localhost/",
            "rediss://u:secret@localhost/#insecure",
            "rediss+sentinel://u:secret@a/b",
            "redis-sentinel://u:secret@a,b",
            "redis-sentinel://u:secret@a,b/",
            "redis-cluster://u:secret@a,b/1",
        ] {
            let error = Address::parse(url).unwrap_err().to_string();
            assert!(
                error.contains("redis.url") && !error.contains("secret"),
                "{error}"
            );
        }
    }
}
