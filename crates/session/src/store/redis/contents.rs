//! Detects that Redis has lost its data, so that an emptied store is never taken for one without sessions.

use std::time::Duration;

use metrics::{counter, gauge};
use redis::RedisResult;

use super::keys::Partition;
use super::markers::{self, Found};
use super::topology::Link;
use crate::config::OnDataLoss;
use crate::metrics::{REDIS_DATA_LOSSES_ACCEPTED, REDIS_MISSING_PARTITIONS};

/// Deadline for looking at all markers.
const PATIENCE: Duration = Duration::from_secs(5);

/// State of the store's contents.
#[derive(Debug)]
pub(super) struct Contents {
    on_data_loss: OnDataLoss,
    allow_new_store: bool,
    /// Id of the store, as last seen.
    id: Option<String>,
    is_waiting: bool,
}

impl Contents {
    pub(super) fn new(on_data_loss: OnDataLoss, allow_new_store: bool) -> Self {
        Self {
            on_data_loss,
            allow_new_store,
            id: None,
            is_waiting: false,
        }
    }

    /// Looks at a sample of the markers, which has some on each server.
    pub(super) async fn look(&self, link: &Link, deadline: Duration) -> RedisResult<Found> {
        markers::look(link, Partition::sample(), deadline).await
    }

    /// Creates a new store if there is none, and applies `on_data_loss` if one has lost its data.
    pub(super) async fn act_on(
        &mut self,
        found: Found,
        link: &Link,
        is_seldom: bool,
    ) -> RedisResult<()> {
        if found.missing == 0 {
            self.recognize(found);
            return Ok(());
        }
        // Do not look at all markers again and again while Redis is being restored.
        if self.is_waiting && !is_seldom {
            return Ok(());
        }
        let all = markers::look(link, Partition::all(), PATIENCE).await?;
        missing_partitions(all.missing);
        if all.missing == 0 {
            return Ok(());
        }
        let is_new = self.id.is_none() && all.ids.is_empty() && all.unknown == 0;
        if is_new && self.allow_new_store {
            tracing::warn!("redis is empty, creating a new store; no user is signed in");
            return self.create(all, link).await;
        }
        if self.id.is_none() && !is_new && !markers::are_complete(link).await? {
            tracing::warn!("redis holds a store that was not completely created, completing it");
            return self.create(all, link).await;
        }
        self.lose(all, link).await
    }

    async fn lose(&mut self, all: Found, link: &Link) -> RedisResult<()> {
        match self.on_data_loss {
            OnDataLoss::StartEmpty => {
                counter!(REDIS_DATA_LOSSES_ACCEPTED).increment(1);
                tracing::error!(
                    partitions = all.missing,
                    "redis has lost its data, starting empty; users of the lost sessions have to sign in again"
                );
                self.create(all, link).await
            }
            OnDataLoss::Wait => {
                tracing::error!(
                    partitions = all.missing,
                    "redis has lost its data, calls on these partitions fail until it is restored; \
                     set redis.on_data_loss = \"start_empty\" to give these sessions up"
                );
                self.is_waiting = true;
                Ok(())
            }
        }
    }

    /// Writes the missing markers. Uses the id of the existing ones, if there are any.
    async fn create(&mut self, all: Found, link: &Link) -> RedisResult<()> {
        markers::write(link, all.ids.into_iter().next()).await?;
        let found = self.look(link, PATIENCE).await?;
        self.id = found.ids.into_iter().next();
        self.is_waiting = false;
        missing_partitions(0);
        Ok(())
    }

    fn recognize(&mut self, found: Found) {
        missing_partitions(0);
        if std::mem::take(&mut self.is_waiting) {
            tracing::warn!("redis has its data again");
        }
        let id = found.ids.into_iter().next();
        if self.id.is_some() && id.is_some() && self.id != id {
            tracing::error!(
                "redis holds a different store than before; sessions of the previous one are lost"
            );
        }
        self.id = id.or(self.id.take());
    }
}

fn missing_partitions(count: usize) {
    gauge!(REDIS_MISSING_PARTITIONS).set(u32::try_from(count).unwrap_or(u32::MAX));
}
