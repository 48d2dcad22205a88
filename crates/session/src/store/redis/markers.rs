//! The markers of a store: while they are there, so is what was written beside them.

use std::collections::HashSet;

use doorward_service_kit::secret;
use futures::{StreamExt, TryStreamExt, stream};
use redis::{RedisResult, from_redis_value};

use super::connection::send;
use super::failure::is_without_marker;
use super::functions::Call;
use super::keys::Partition;
use super::topology::Link;

/// Sent ahead of the answers.
const AT_ONCE: usize = 128;

/// What a look at some markers has found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Ids of stores; one, unless somebody copied servers together.
    pub(super) ids: HashSet<String>,
    /// Partitions without a marker.
    pub(super) missing: usize,
}

/// Looks at the markers of some partitions, as calls do.
pub(super) async fn look(
    link: &Link,
    partitions: impl Iterator<Item = Partition>,
) -> RedisResult<Found> {
    let answers = stream::iter(partitions)
        .map(|partition| {
            let link = link.clone();
            async move {
                match send(link, &Call::find_marker(&partition)).await {
                    Ok(id) => Ok(Some(from_redis_value::<String>(id)?)),
                    Err(error) if is_without_marker(&error) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        })
        .buffer_unordered(AT_ONCE);
    answers
        .try_fold(Found::default(), async |mut found, id: Option<String>| {
            match id {
                Some(id) => drop(found.ids.insert(id)),
                None => found.missing += 1,
            }
            Ok(found)
        })
        .await
}

/// Gives every partition without a marker one. Replicas that do it at the same time agree on the id, by the first partition.
pub(super) async fn write(link: &Link) -> RedisResult<()> {
    let proposal = secret();
    let earlier: Option<String> = set(link, &Partition::of_the_store(), &proposal).await?;
    let id = &earlier.unwrap_or(proposal);
    stream::iter(Partition::all())
        .map(async |partition| set(link, &partition, id).await.map(drop))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Gives the id that was there, and is kept.
async fn set(link: &Link, partition: &Partition, id: &str) -> RedisResult<Option<String>> {
    let mut command = redis::cmd("SET");
    command.arg(partition.marker()).arg(id).arg("NX").arg("GET");
    Ok(from_redis_value(link.clone().send(&command).await?)?)
}
