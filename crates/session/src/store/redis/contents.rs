//! Whether the store still holds what it held: never is an emptied one taken for one in which nobody is signed in.

use redis::RedisResult;

use super::keys::Partition;
use super::markers::{self, Found};
use super::topology::Link;
use crate::config::WhenEmptied;

/// What is known of the store's contents.
#[derive(Debug)]
pub(super) struct Contents {
    when_emptied: WhenEmptied,
    /// Id of the store that was seen last.
    id: Option<String>,
    is_waiting: bool,
}

impl Contents {
    pub(super) fn new(when_emptied: WhenEmptied) -> Self {
        Self {
            when_emptied,
            id: None,
            is_waiting: false,
        }
    }

    /// Looks at some of the markers: whoever loses data has lost some of these.
    pub(super) async fn look(&self, link: &Link) -> RedisResult<Found> {
        markers::look(link, Partition::sample()).await
    }

    /// Begins a new store, if this is one, and does what is configured if one has lost its data.
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
        let all = markers::look(link, Partition::all()).await?;
        if self.id.is_none() && all.ids.is_empty() {
            tracing::warn!("redis holds no store: a new one begins, in which nobody is signed in");
            return self.begin(link).await;
        }
        match self.when_emptied {
            WhenEmptied::BeginAgain => {
                tracing::error!(
                    partitions = all.missing,
                    "redis has lost its data: these sessions are lost, and their users have to sign in again"
                );
                self.begin(link).await
            }
            WhenEmptied::Wait => {
                if is_seldom || !self.is_waiting {
                    tracing::error!(
                        partitions = all.missing,
                        "redis has lost its data: nothing is answered from these partitions until it is restored; \
                         or set redis.when_emptied to begin_again, to declare these sessions lost"
                    );
                }
                self.is_waiting = true;
                Ok(())
            }
        }
    }

    async fn begin(&mut self, link: &Link) -> RedisResult<()> {
        markers::write(link).await?;
        let found = self.look(link).await?;
        self.id = found.ids.into_iter().next();
        self.is_waiting = false;
        Ok(())
    }

    fn recognize(&mut self, found: Found) {
        if std::mem::take(&mut self.is_waiting) {
            tracing::warn!("redis has a store again");
        }
        let id = found.ids.into_iter().next();
        if self.id.is_some() && self.id != id {
            tracing::error!(
                "redis holds another store than before: sessions of the earlier one are lost"
            );
        }
        self.id = id;
    }
}
