//! Redis that dies, hangs, or is not there yet.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use super::*;

#[tokio::test]
async fn a_dead_server_is_never_absence() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    server.kill();
    let answers = unknown(&store, &token).await;
    assert!(answers.iter().all(|unknown| *unknown), "{answers:?}");
}

#[tokio::test]
async fn a_silent_server_is_given_up_in_time() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    server.pause();
    let begin = Instant::now();
    assert!(matches!(
        resolve(&store, &token).await,
        Err(StoreError::Unavailable(_))
    ));
    assert!(
        begin.elapsed() < Duration::from_millis(400),
        "{:?}",
        begin.elapsed()
    );
    server.resume();
    assert!(eventually_found(&store, &token).await);
    // What is sent now may be carried out when the server goes on.
    server.pause();
    let answers = unknown(&store, &token).await;
    assert!(answers.iter().all(|unknown| *unknown), "{answers:?}");
    server.resume();
}

#[tokio::test]
async fn a_broken_connection_is_made_anew() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    let mut redis = redis(&server).await;
    let _: usize = redis::cmd("CLIENT")
        .arg("KILL")
        .arg("TYPE")
        .arg("normal")
        .query_async(&mut redis)
        .await
        .unwrap();
    assert!(eventually_found(&store, &token).await);
}

/// Listens where a store expects Redis, and hands everything on to a server.
async fn appear_at(port: u16, server: &Server) {
    let address = server.url().replace("redis://", "").replace('/', "");
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut far = TcpStream::connect(&address).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut near, &mut far).await });
        }
    });
}

#[tokio::test]
async fn a_server_that_is_not_there_yet_does_not_stop_the_start() {
    let (server, port) = (Server::start().await, free_port());
    let token = add_session(&store(&server).await).await;
    let early = open(format!("redis://127.0.0.1:{port}/")).unwrap();
    for _ in 0..5 {
        let answer = resolve(&early, &token).await;
        assert!(
            matches!(answer, Err(StoreError::Unavailable(_))),
            "{answer:?}"
        );
    }
    appear_at(port, &server).await;
    assert!(eventually_found(&early, &token).await);
}

/// It may have been replaced while it stood still, and not know it yet.
#[tokio::test]
async fn a_server_that_was_silent_is_not_believed_at_once() {
    let server = Server::start().await;
    let store = store(&server).await;
    let token = add_session(&store).await;
    server.pause();
    tokio::time::sleep(Duration::from_millis(2_300)).await;
    server.resume();
    let mut redis = redis(&server).await;
    let answer: redis::RedisResult<redis::Value> =
        functions::Call::new("find_value", &Key::user_relay_position())
            .command()
            .query_async(&mut redis)
            .await;
    assert_eq!(answer.unwrap_err().code(), Some("STALE"));
    assert!(eventually_found(&store, &token).await);
}

/// One connection that breaks is one that is made anew: the next one is used at once.
#[tokio::test]
async fn calls_that_die_together_cost_one_connection() {
    let server = Server::start().await;
    let store = Arc::new(store(&server).await);
    let token = add_session(&store).await;
    let mut redis = redis(&server).await;
    let calls = |store: Arc<RedisStore>, token: SessionToken| async move {
        while resolve(&store, &token).await.is_ok() {}
    };
    let calls: Vec<_> = (0..50)
        .map(|_| tokio::spawn(calls(store.clone(), token.clone())))
        .collect();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let before = connections(&mut redis).await;
    let _: usize = redis::cmd("CLIENT")
        .arg("KILL")
        .arg("TYPE")
        .arg("normal")
        .arg("SKIPME")
        .arg("yes")
        .query_async(&mut redis)
        .await
        .unwrap();
    for call in calls {
        call.await.unwrap();
    }
    assert!(eventually_found(&store, &token).await);
    assert_eq!(connections(&mut redis).await - before, 1);
}

async fn connections(redis: &mut MultiplexedConnection) -> u64 {
    let stats: String = redis::cmd("INFO")
        .arg("stats")
        .query_async(redis)
        .await
        .unwrap();
    let line = stats
        .lines()
        .find_map(|line| line.strip_prefix("total_connections_received:"));
    line.unwrap().trim().parse().unwrap()
}
