use std::sync::mpsc;

use super::*;

/// One at a time, one may wait.
fn narrow(max_wait: Duration) -> Arc<Hasher> {
    let config = HashingConfig {
        max_concurrent: 1.try_into().unwrap(),
        max_waiting: 1,
        cost: Params::new(64, 1, 1, None).unwrap(),
    };
    Arc::new(Hasher {
        max_wait,
        ..Hasher::new(&config)
    })
}

/// Takes the only slot until the sender is dropped.
async fn occupy(hasher: &Arc<Hasher>) -> mpsc::Sender<()> {
    let (end, ended) = mpsc::channel::<()>();
    let (started, running) = tokio::sync::oneshot::channel();
    let hasher = Arc::clone(hasher);
    tokio::spawn(async move {
        let job = move |_: &Params| {
            let _ = started.send(());
            let _ = ended.recv();
        };
        hasher.run(job).await
    });
    running.await.unwrap();
    end
}

fn password() -> Password {
    Password::typed("correct horse".to_owned()).unwrap()
}

#[tokio::test]
async fn who_waits_is_served_and_who_may_not_wait_is_refused() {
    let hasher = narrow(Duration::from_mins(1));
    let running = occupy(&hasher).await;
    let waiting = tokio::spawn({
        let hasher = Arc::clone(&hasher);
        async move { hasher.hash(password()).await }
    });
    while hasher.admissions.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(matches!(
        hasher.hash(password()).await,
        Err(Error::Overloaded)
    ));
    drop(running);
    assert!(
        waiting
            .await
            .unwrap()
            .unwrap()
            .matches(&password())
            .unwrap()
    );
}

#[tokio::test]
async fn nobody_waits_for_ever() {
    let hasher = narrow(Duration::from_millis(20));
    let _running = occupy(&hasher).await;
    assert!(matches!(
        hasher.hash(password()).await,
        Err(Error::Overloaded)
    ));
    assert_eq!(hasher.admissions.available_permits(), 1);
}

#[tokio::test]
async fn a_panic_is_an_error_and_frees_its_slot() {
    let hasher = narrow(Duration::from_mins(1));
    let panicked = hasher.run(|_| panic!("out of luck")).await;
    assert!(matches!(panicked, Err::<(), _>(Error::Hashing(_))));
    assert!(hasher.hash(password()).await.is_ok());
}
