//! Attempts to sign in and to sign up.

use doorward_proto::session::v1 as wire;
use doorward_proto::{InvalidField, to_timestamp};
use doorward_service_kit::token_hash;
use jiff::Timestamp;

use crate::attempts::{AddressLimit, LoginAttempt};
use crate::domain::attempts::{AccountLimit, Exceeded, Failed, Outcome, Rate, Source, Verdict};
use crate::domain::{ClientAddress, CounterKey};

const MAX_FAILURES: u32 = 100;
const MAX_BURST: u32 = 72_000;
const MAX_RATE_MS: u32 = 86_400_000;

impl TryFrom<wire::LoginAttempt> for LoginAttempt {
    type Error = InvalidField;

    fn try_from(attempt: wire::LoginAttempt) -> Result<Self, InvalidField> {
        let address = ClientAddress::parse(&attempt.client_address);
        let shown = address.as_ref().map(ToString::to_string);
        Ok(Self {
            account: CounterKey::account(&attempt.identifier)?,
            source: Source {
                device: device_hash(&attempt.device_token),
                address: shown.unwrap_or_default(),
            },
            address,
            account_limit: attempt.account.map(TryInto::try_into).transpose()?,
            address_limit: attempt.address.map(TryInto::try_into).transpose()?,
        })
    }
}

/// `None` without a token.
pub(crate) fn device_hash(token: &str) -> Option<String> {
    (!token.is_empty()).then(|| token_hash(token))
}

impl TryFrom<wire::AccountLimit> for AccountLimit {
    type Error = InvalidField;

    fn try_from(limit: wire::AccountLimit) -> Result<Self, InvalidField> {
        in_range("account.max_attempts", limit.max_attempts, MAX_FAILURES)?;
        Ok(Self {
            max_attempts: limit.max_attempts,
            per_identifier: limit.per_identifier,
            blocks: limit.blocks,
        })
    }
}

impl TryFrom<wire::AddressLimit> for AddressLimit {
    type Error = InvalidField;

    fn try_from(limit: wire::AddressLimit) -> Result<Self, InvalidField> {
        in_range("address.max_attempts", limit.max_attempts, MAX_BURST)?;
        in_range("address.rate_ms", limit.rate_ms, MAX_RATE_MS)?;
        Ok(Self {
            rate: Rate {
                burst: limit.max_attempts,
                interval: limit.rate_ms,
            },
            blocks: limit.blocks,
        })
    }
}

fn in_range(field: &str, value: u32, most: u32) -> Result<(), InvalidField> {
    if (1..=most).contains(&value) {
        return Ok(());
    }
    Err(InvalidField::new(field, format!("must be 1 to {most}")))
}

impl From<wire::LoginOutcome> for Outcome {
    fn from(outcome: wire::LoginOutcome) -> Self {
        match outcome {
            wire::LoginOutcome::Unspecified => Self::Unknown,
            wire::LoginOutcome::Right => Self::Right,
            wire::LoginOutcome::Wrong => Self::Wrong,
        }
    }
}

impl From<Exceeded> for wire::ExceededLimit {
    fn from(exceeded: Exceeded) -> Self {
        match exceeded {
            Exceeded::Account => Self::Account,
            Exceeded::Address => Self::Address,
            Exceeded::SameUser => Self::SameUser,
        }
    }
}

/// Whether an attempt was admitted, the limit that it exceeds, and the seconds to wait.
pub(crate) fn parts(verdict: Verdict) -> (bool, i32, u32) {
    let number = |exceeded| wire::ExceededLimit::from(exceeded) as i32;
    match verdict {
        Verdict::Admitted { exceeded } => (true, exceeded.map(number).unwrap_or_default(), 0),
        Verdict::Busy => (false, 0, 1),
        Verdict::Refused {
            exceeded,
            retry_after,
        } => {
            let seconds = retry_after.max(1).saturating_add(999) / 1_000;
            let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
            (false, number(exceeded), seconds)
        }
    }
}

impl From<Failed> for wire::FailedLogins {
    fn from(failed: Failed) -> Self {
        let last_at = Timestamp::from_millisecond(failed.last_at).ok();
        Self {
            client_address: failed.address,
            known_browser: failed.known_browser,
            failures: failed.failures,
            last_failed_at: last_at.map(to_timestamp),
        }
    }
}
