//! Memory and eviction policy of Redis.

use metrics::gauge;
use redis::{RedisResult, Value, from_redis_value};

use super::topology::Link;
use crate::metrics::REDIS_MEMORY_USED_PERCENT;

/// Part of `maxmemory` from which on an operator should act.
const NEARLY_FULL_PERCENT: u64 = 80;

/// By server: one, or every one of a cluster.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<Server>);

#[derive(Debug, Default, PartialEq, Eq)]
struct Server {
    used_bytes: u64,
    /// 0: no limit.
    max_bytes: u64,
    policy: String,
}

impl Memory {
    /// By `INFO`, for the account may not use `CONFIG`.
    pub(super) async fn read(mut link: Link) -> RedisResult<Self> {
        let answer = link.send(redis::cmd("INFO").arg("memory")).await?;
        let servers = match answer {
            Value::Map(answers) => answers.into_iter().map(|(_, answer)| answer).collect(),
            answer => vec![answer],
        };
        let texts = servers.into_iter().map(from_redis_value::<String>);
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        Ok(Self(texts.iter().map(|text| Server::parse(text)).collect()))
    }

    /// The policy by which a server would throw sessions away.
    pub(super) fn evicting_policy(&self) -> Option<&str> {
        let mut policies = self.0.iter().map(|server| server.policy.as_str());
        policies.find(|policy| !policy.is_empty() && *policy != "noeviction")
    }

    /// Warns that requests without a session can fill a server.
    pub(super) fn warn_without_limit(&self, max_bytes: u64) {
        if max_bytes == 0 && self.0.iter().any(|server| server.max_bytes == 0) {
            tracing::warn!(
                "redis has no maxmemory, so requests without a session can fill it; set maxmemory in redis, or budget.max_bytes"
            );
        }
    }

    /// Logs problems for the operator, and sets the gauge. `max_bytes` is the limit of a server without one; 0 is no
    /// limit.
    pub(super) fn report(&self, max_bytes: u64) {
        if let Some(policy) = self.evicting_policy() {
            tracing::error!(
                policy,
                "redis would evict sessions when its memory is full, so it is not used; maxmemory-policy must be noeviction"
            );
        }
        let used = self
            .0
            .iter()
            .map(|server| server.used_percent(max_bytes))
            .max()
            .unwrap_or_default();
        gauge!(REDIS_MEMORY_USED_PERCENT).set(u32::try_from(used).unwrap_or(u32::MAX));
        let is_nearly_full =
            |server: &&Server| server.used_percent(max_bytes) >= NEARLY_FULL_PERCENT;
        for server in self.0.iter().filter(is_nearly_full) {
            tracing::error!(
                used_bytes = server.used_bytes,
                max_bytes = server.limit(max_bytes),
                "redis has used more than {NEARLY_FULL_PERCENT} % of its memory; once it is full, sign-ins fail"
            );
        }
    }
}

impl Server {
    fn parse(info: &str) -> Self {
        let field = |name: &str| {
            let line = info.lines().find_map(|line| line.strip_prefix(name));
            line.map(str::trim_end).unwrap_or_default()
        };
        Self {
            used_bytes: field("used_memory:").parse().unwrap_or_default(),
            max_bytes: field("maxmemory:").parse().unwrap_or_default(),
            policy: field("maxmemory_policy:").to_owned(),
        }
    }

    /// Its own limit, or the one given; 0: none.
    fn limit(&self, fallback: u64) -> u64 {
        if self.max_bytes == 0 {
            fallback
        } else {
            self.max_bytes
        }
    }

    /// Used percentage of the limit. 0 without a limit.
    fn used_percent(&self, fallback: u64) -> u64 {
        self.used_bytes
            .saturating_mul(100)
            .checked_div(self.limit(fallback))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn info_is_read() {
        let info = "# Memory\r\nused_memory:85\r\nused_memory_human:85B\r\nmaxmemory:100\r\nmaxmemory_policy:allkeys-lru\r\n";
        let server = Server::parse(info);
        let expected = Server {
            used_bytes: 85,
            max_bytes: 100,
            policy: "allkeys-lru".to_owned(),
        };
        assert_eq!(server, expected);
        assert_eq!(server.used_percent(1_000), 85);
        let memory = Memory(vec![Server::default(), server]);
        assert_eq!(memory.evicting_policy(), Some("allkeys-lru"));
    }

    #[test]
    fn no_limit_is_never_reached() {
        let server =
            Server::parse("used_memory:85\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n");
        assert_eq!(server.used_percent(0), 0);
        assert_eq!(server.used_percent(170), 50);
        assert_eq!(Memory(vec![server]).evicting_policy(), None);
    }
}
