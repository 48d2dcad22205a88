//! Counts attempts to sign in and to sign up in the store: reads a record, applies the rules, and replaces it unless it
//! has changed meanwhile.

use std::time::Duration;

use doorward_service_kit::{Clock, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::domain::attempts::{
    Account, AccountLimit, Bucket, Exceeded, Failed, Outcome, Rate, Room, Source, Verdict,
};
use crate::domain::{ClientAddress, CounterKey};
use crate::store::{AddOutcome, Store};

/// How often, and at what distance, an attempt looks whether others are settled.
const LOOKS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(25);
/// Replacing a record fails only when another caller has replaced it: each failure is progress of another.
const SWAPS: u32 = 500;
/// Added to the expiry of records, for clocks that differ.
const BACKSTOP: i64 = 60_000;

/// An attempt to sign in, and its limits.
#[derive(Debug, Clone)]
pub(crate) struct LoginAttempt {
    pub(crate) account: CounterKey,
    pub(crate) address: Option<ClientAddress>,
    pub(crate) source: Source,
    pub(crate) account_limit: Option<AccountLimit>,
    pub(crate) address_limit: Option<AddressLimit>,
}

/// Limit of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AddressLimit {
    pub(crate) rate: Rate,
    /// Whether more are refused.
    pub(crate) blocks: bool,
}

/// The attempts of all accounts and addresses.
#[derive(Clone, Copy)]
pub(crate) struct Attempts<'a> {
    pub(crate) store: &'a dyn Store,
    pub(crate) clock: &'a dyn Clock,
}

impl Attempts<'_> {
    /// Reserves an attempt. Waits for others that may be settled; fails if they are not in time.
    pub(crate) async fn admit_login(self, attempt: &LoginAttempt) -> Result<Verdict, Error> {
        for _ in 0..LOOKS {
            match self.try_login(attempt).await? {
                Verdict::Busy => tokio::time::sleep(PAUSE).await,
                verdict => return Ok(verdict),
            }
        }
        Err(Error::Busy)
    }

    async fn try_login(self, attempt: &LoginAttempt) -> Result<Verdict, Error> {
        let (mut is_known, mut exceeded) = (false, None);
        if let Some(limit) = attempt.account_limit {
            let source = &attempt.source;
            let (known, verdict) = self
                .change(
                    &attempt.account,
                    Account::ends_at,
                    |account: &mut Account, now| {
                        (
                            account.knows(source, now),
                            account.admit(source, limit, now),
                        )
                    },
                )
                .await?;
            is_known = known;
            match verdict {
                Verdict::Admitted { exceeded: passed } => exceeded = passed,
                verdict => return Ok(verdict),
            }
        }
        // A known browser is limited by its account: neighbours at its address do not lock it out.
        let room = match (is_known, &attempt.address, attempt.address_limit) {
            (false, Some(address), Some(limit)) => self.reserve(address, limit).await?,
            _ => return Ok(Verdict::Admitted { exceeded }),
        };
        let blocks = attempt.address_limit.is_some_and(|limit| limit.blocks);
        let verdict = match room {
            Room::Free => return Ok(Verdict::Admitted { exceeded }),
            _ if !blocks => {
                let exceeded = exceeded.or(Some(Exceeded::Address));
                return Ok(Verdict::Admitted { exceeded });
            }
            Room::Busy => Verdict::Busy,
            Room::Full(retry_after) => Verdict::Refused {
                exceeded: Exceeded::Address,
                retry_after,
            },
        };
        self.settle_account(attempt, Outcome::Unknown, None).await?;
        Ok(verdict)
    }

    async fn reserve(self, address: &ClientAddress, limit: AddressLimit) -> Result<Room, Error> {
        let key = CounterKey::logins(address);
        self.change(&key, Bucket::ends_at, |bucket: &mut Bucket, now| {
            let room = bucket.room(limit.rate, now);
            if room == Room::Free || !limit.blocks {
                bucket.reserve(now);
            }
            room
        })
        .await
    }

    /// Settles an admitted attempt; with a right password, its browser is known from now on as `new_device`.
    pub(crate) async fn settle_login(
        self,
        attempt: &LoginAttempt,
        outcome: Outcome,
        new_device: Option<&str>,
    ) -> Result<(), Error> {
        let is_known = self.settle_account(attempt, outcome, new_device).await?;
        let (false, Some(address), Some(limit)) =
            (is_known, &attempt.address, attempt.address_limit)
        else {
            return Ok(());
        };
        let key = CounterKey::logins(address);
        self.change(&key, Bucket::ends_at, |bucket: &mut Bucket, now| {
            bucket.release();
            if outcome == Outcome::Wrong {
                bucket.count(limit.rate, now);
            }
        })
        .await
    }

    /// Returns whether the browser was known before.
    async fn settle_account(
        self,
        attempt: &LoginAttempt,
        outcome: Outcome,
        new_device: Option<&str>,
    ) -> Result<bool, Error> {
        let Some(limit) = attempt.account_limit else {
            return Ok(false);
        };
        let source = &attempt.source;
        self.change(
            &attempt.account,
            Account::ends_at,
            |account: &mut Account, now| {
                let is_known = account.knows(source, now);
                account.settle(source, limit, outcome, now);
                if let (Outcome::Right, Some(device)) = (outcome, new_device) {
                    account.know(device, now);
                }
                is_known
            },
        )
        .await
    }

    /// Counts a sign-up.
    pub(crate) async fn admit_sign_up(
        self,
        address: &ClientAddress,
        limit: AddressLimit,
    ) -> Result<Verdict, Error> {
        let exceeded = Exceeded::Address;
        let key = CounterKey::sign_ups(address);
        self.change(&key, Bucket::ends_at, |bucket: &mut Bucket, now| {
            let verdict = match bucket.room(limit.rate, now) {
                Room::Full(retry_after) if limit.blocks => {
                    return Verdict::Refused {
                        exceeded,
                        retry_after,
                    };
                }
                Room::Free => Verdict::Admitted { exceeded: None },
                Room::Busy | Room::Full(_) => Verdict::Admitted {
                    exceeded: Some(exceeded),
                },
            };
            bucket.count(limit.rate, now);
            verdict
        })
        .await
    }

    /// Takes a sign-up back.
    pub(crate) async fn return_sign_up(
        self,
        address: &ClientAddress,
        limit: AddressLimit,
    ) -> Result<(), Error> {
        let key = CounterKey::sign_ups(address);
        self.change(&key, Bucket::ends_at, |bucket: &mut Bucket, _| {
            bucket.take_back(limit.rate);
        })
        .await
    }

    /// The failures of an account that count.
    pub(crate) async fn failed(self, account: &CounterKey) -> Result<Vec<Failed>, Error> {
        let now = self.clock.now();
        let record = self.store.find_counter(account, now).await?;
        let mut account: Account = read(record.as_deref())?;
        Ok(account.failed(now.as_millisecond()))
    }

    /// Forgets the failures of an account. Returns how many counted.
    pub(crate) async fn clear(self, account: &CounterKey) -> Result<u32, Error> {
        self.change(account, Account::ends_at, |account: &mut Account, now| {
            let failed = account.failed(now);
            account.clear();
            failed.iter().map(|it| it.failures).sum()
        })
        .await
    }

    /// Changes a record. `change` may run several times, each time on the newest record.
    async fn change<T, R>(
        self,
        key: &CounterKey,
        ends_at: impl Fn(&T) -> i64,
        change: impl Fn(&mut T, i64) -> R,
    ) -> Result<R, Error>
    where
        T: Serialize + DeserializeOwned + Default + Clone + PartialEq,
    {
        for _ in 0..SWAPS {
            let now = self.clock.now();
            let held = self.store.find_counter(key, now).await?;
            let before: T = read(held.as_deref())?;
            let mut record = before.clone();
            let answer = change(&mut record, now.as_millisecond());
            if record == before {
                return Ok(answer);
            }
            let expires_at = ends_at(&record).max(now.as_millisecond()) + BACKSTOP;
            let expires_at = Timestamp::from_millisecond(expires_at).unwrap_or(now);
            let record = serde_json::to_vec(&record).map_err(StoreError::corrupt)?;
            let swap = self
                .store
                .swap_counter(key, held.as_deref(), &record, expires_at, now);
            match swap.await? {
                AddOutcome::Kept => return Ok(answer),
                AddOutcome::UsedBefore => {}
                AddOutcome::NoRoom | AddOutcome::TooMany => return Err(Error::NoRoom),
            }
        }
        Err(Error::Busy)
    }
}

/// Reads a record. One that cannot be read is an error: it is no way round a limit.
fn read<T: DeserializeOwned + Default>(record: Option<&[u8]>) -> Result<T, Error> {
    let read = record.map(serde_json::from_slice).transpose();
    Ok(read.map_err(StoreError::corrupt)?.unwrap_or_default())
}
