//! The markers of a store: while they are there, so is what was written beside them.

use std::collections::HashSet;
use std::time::Duration;

use doorward_service_kit::secret;
use futures::{StreamExt, TryStreamExt, stream};
use redis::{RedisError, RedisResult, Value, from_redis_value};
use tokio::time::timeout;

use super::connection::send;
use super::failure::is_without_marker;
use super::functions::Call;
use super::keys::Partition;
use super::topology::Link;

/// Deadline of a command on a store that is not used yet.
const PATIENCE: Duration = Duration::from_secs(1);
/// Concurrent commands.
const AT_ONCE: usize = 128;

/// Result of looking at markers.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Ids of stores. More than one if data of several stores was mixed.
    pub(super) ids: HashSet<String>,
    /// Partitions without a marker.
    pub(super) missing: usize,
    /// Partitions whose server does not answer.
    pub(super) unknown: usize,
}

/// Looks at the markers of some partitions, with the same function as calls. Fails if no server answers.
pub(super) async fn look(
    link: &Link,
    partitions: impl Iterator<Item = Partition>,
    deadline: Duration,
) -> RedisResult<Found> {
    let mut answers = stream::iter(partitions)
        .map(|partition| look_at(link.clone(), partition, deadline))
        .buffer_unordered(AT_ONCE);
    let mut found = Found::default();
    let mut failure = None;
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(id) => drop(found.ids.insert(id)),
            Err(error) if is_without_marker(&error) => found.missing += 1,
            Err(error) => {
                found.unknown += 1;
                failure = Some(error);
            }
        }
    }
    match failure {
        Some(error) if found.ids.is_empty() && found.missing == 0 => Err(error),
        _ => Ok(found),
    }
}

async fn look_at(link: Link, partition: Partition, deadline: Duration) -> RedisResult<String> {
    let call = Call::find_marker(&partition);
    let id = timeout(deadline, send(link, &call)).await;
    let id = id.map_err(|elapsed| RedisError::from(std::io::Error::from(elapsed)))??;
    Ok(from_redis_value(id)?)
}

/// Writes the missing markers, with `id` or a new id. Replicas that do it at the same time agree on the id by the first
/// partition.
pub(super) async fn write(link: &Link, id: Option<String>) -> RedisResult<()> {
    let proposal = id.unwrap_or_else(secret);
    let first = Partition::of_the_store().marker();
    let earlier: Option<String> = set(link, &first, &proposal).await?;
    let id = &earlier.unwrap_or(proposal);
    stream::iter(Partition::all())
        .map(async |partition| set(link, &partition.marker(), id).await.map(drop))
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    stream::iter(Partition::sample())
        .map(async |partition| set(link, &partition.completion(), id).await.map(drop))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// Whether all markers were written once: a marker that is missing since then was lost. Kept in the whole sample, so
/// that losing a part of the store does not lose it.
pub(super) async fn are_complete(link: &Link) -> RedisResult<bool> {
    let exists = async |partition: Partition| {
        let mut command = redis::cmd("EXISTS");
        command.arg(partition.completion());
        in_time(link.clone().send(&command)).await
    };
    let answers = stream::iter(Partition::sample()).map(exists);
    let answers: Vec<Value> = answers.buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(answers.contains(&Value::Int(1)))
}

/// Returns the earlier id, which stays.
async fn set(link: &Link, key: &str, id: &str) -> RedisResult<Option<String>> {
    let mut command = redis::cmd("SET");
    command.arg(key).arg(id).arg("NX").arg("GET");
    Ok(from_redis_value(
        in_time(link.clone().send(&command)).await?,
    )?)
}

async fn in_time(call: impl Future<Output = RedisResult<Value>>) -> RedisResult<Value> {
    let result = timeout(PATIENCE, call).await;
    result.unwrap_or_else(|elapsed| Err(std::io::Error::from(elapsed).into()))
}
