//! How much of the store requests without a session may use.

use doorward_service_kit::config::ConfigError;
use serde::Deserialize;

const GIB: u64 = 1024 * 1024 * 1024;
/// The rest is reserved for sessions.
const MAX_PERCENT: u8 = 90;
/// The ids of this many transactions fit into one small Redis value.
const MAX_PER_BROWSER: u32 = 256;
/// A smaller store has no room for its own structures.
const MIN_BYTES: u64 = 1024 * 1024;

/// The `[budget]` section. Percentages are of `maxmemory` of a Redis server, or of `max_bytes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetConfig {
    /// New sign-ins are refused once this much of the store is used. Default 60.
    pub transactions_percent: u8,
    /// New opaque access tokens are refused once this much of the store is used. Default 70.
    pub access_tokens_percent: u8,
    /// Memory of a Redis server without `maxmemory` (default: no limit), or size of the SQLite file (default: 1 GiB).
    pub max_bytes: Option<u64>,
    /// Open sign-ins per browser before it has submitted a form. 0: no limit. Default 32.
    pub transactions_per_browser: u32,
    /// Sign-ins that one IPv4 address, or one IPv6 /64, may begin in 15 minutes. 0: no limit. Default 6000.
    pub transactions_per_address: u32,
}

impl Default for BudgetConfig {
    fn default() -> Self {
        Self {
            transactions_percent: 60,
            access_tokens_percent: 70,
            max_bytes: None,
            transactions_per_browser: 32,
            transactions_per_address: 6_000,
        }
    }
}

impl BudgetConfig {
    /// Refuses settings that reserve no room for sessions or for tokens.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let refuse = |key, problem: String| Err(ConfigError::invalid(key, problem));
        if !(1..=MAX_PERCENT).contains(&self.access_tokens_percent) {
            let problem = format!("must be 1 to {MAX_PERCENT}, so that sessions keep the rest");
            return refuse("budget.access_tokens_percent", problem);
        }
        if !(1..=self.access_tokens_percent).contains(&self.transactions_percent) {
            let problem = "must be 1 or more, and no more than budget.access_tokens_percent";
            return refuse("budget.transactions_percent", problem.to_owned());
        }
        if self.max_bytes.is_some_and(|bytes| bytes < MIN_BYTES) {
            let problem = format!("must be {MIN_BYTES} (1 MiB) or more");
            return refuse("budget.max_bytes", problem);
        }
        if self.transactions_per_browser > MAX_PER_BROWSER {
            let problem = format!("must be {MAX_PER_BROWSER} or less; 0 for any number");
            return refuse("budget.transactions_per_browser", problem);
        }
        Ok(())
    }

    /// Memory limit for Redis servers without `maxmemory`. 0: no limit.
    pub(crate) fn redis_bytes(&self) -> u64 {
        self.max_bytes.unwrap_or_default()
    }

    pub(crate) fn sqlite_bytes(&self) -> u64 {
        self.max_bytes.unwrap_or(GIB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(budget: BudgetConfig) -> Option<String> {
        budget.validate().err().map(|error| error.to_string())
    }

    #[test]
    fn the_default_is_good() {
        assert_eq!(refusal(BudgetConfig::default()), None);
    }

    #[test]
    fn what_cannot_work_is_named() {
        let good = BudgetConfig::default();
        for (key, budget) in [
            (
                "access_tokens_percent",
                BudgetConfig {
                    access_tokens_percent: 91,
                    ..good
                },
            ),
            (
                "access_tokens_percent",
                BudgetConfig {
                    access_tokens_percent: 0,
                    ..good
                },
            ),
            (
                "transactions_percent",
                BudgetConfig {
                    transactions_percent: 0,
                    ..good
                },
            ),
            (
                "transactions_percent",
                BudgetConfig {
                    transactions_percent: 71,
                    ..good
                },
            ),
            (
                "max_bytes",
                BudgetConfig {
                    max_bytes: Some(1),
                    ..good
                },
            ),
            (
                "transactions_per_browser",
                BudgetConfig {
                    transactions_per_browser: 257,
                    ..good
                },
            ),
        ] {
            let refusal = refusal(budget).unwrap();
            assert!(refusal.contains(&format!("budget.{key}")), "{refusal}");
        }
    }
}
