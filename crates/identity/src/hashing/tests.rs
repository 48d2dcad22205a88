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
        let job = move |_: &Params, _: &mut HashMemory| {
            let _ = started.send(());
            let _ = ended.recv();
        };
        hasher.run(64, job).await
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
            .matches(&password(), &mut HashMemory::new(64))
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
    let panicked = hasher.run(64, |_, _| panic!("out of luck")).await;
    assert!(matches!(panicked, Err::<(), _>(Error::Hashing(_))));
    assert!(hasher.hash(password()).await.is_ok());
    assert_eq!(allocated(&hasher), 1, "the memory came back too");
}

/// Four at a time, each with 64 blocks.
fn wide() -> Arc<Hasher> {
    let config = HashingConfig {
        max_concurrent: 4.try_into().unwrap(),
        max_waiting: 64,
        cost: Params::new(64, 1, 1, None).unwrap(),
    };
    Arc::new(Hasher {
        max_wait: Duration::from_mins(1),
        ..Hasher::new(&config)
    })
}

fn allocated(hasher: &Hasher) -> usize {
    hasher.memory.ledger().allocations
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_used_again_and_never_more_than_the_slots_have() {
    let hasher = wide();
    for _ in 0..3 {
        let checks = (0..64).map(|_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(async move { hasher.check(password(), None, &[]).await })
        });
        for check in checks.collect::<Vec<_>>() {
            assert!(matches!(check.await.unwrap(), Ok(PasswordCheck::Wrong)));
        }
    }
    assert!((1..=4).contains(&allocated(&hasher)));
    let idle = hasher.memory.idle();
    assert_eq!(idle.len(), allocated(&hasher));
    assert!(
        idle.iter()
            .all(|memory| memory.len() == 64 && memory.is_wiped())
    );
    let done: usize = idle.iter().map(|memory| memory.computed.len()).sum();
    assert_eq!(done, 3 * 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_hash_takes_the_slots_that_it_weighs() {
    let hasher = wide();
    for (blocks, taken, kept) in [
        (64, 1, 4),
        (65, 2, 2),
        (192, 3, 1),
        (256, 4, 0),
        (4096, 4, 0),
    ] {
        let all: Vec<_> = (0..4).map(|_| hasher.memory.take(64)).collect();
        drop(all);
        let within = Arc::clone(&hasher);
        let used = hasher.run(blocks, move |_, memory| {
            assert!(memory.len() >= blocks);
            (within.slots.available_permits(), within.memory.idle().len())
        });
        assert_eq!(
            used.await.unwrap(),
            (4 - taken, 4 - taken),
            "{blocks} blocks"
        );
        assert_eq!(hasher.memory.idle().len(), kept, "{blocks} blocks");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_in_use_and_idle_is_bounded_together() {
    let hasher = wide();
    let kind = HashKind::parse("$argon2id$v=19$m=128,t=1,p=1$").unwrap();
    let checks = (0..64).map(|number| {
        let (hasher, kind) = (Arc::clone(&hasher), kind.clone());
        tokio::spawn(async move {
            let kinds = if number % 3 == 0 {
                vec![kind]
            } else {
                Vec::new()
            };
            hasher.check(password(), None, &kinds).await
        })
    });
    for check in checks.collect::<Vec<_>>() {
        assert!(matches!(check.await.unwrap(), Ok(PasswordCheck::Wrong)));
    }
    assert!(hasher.memory.ledger().most_blocks <= 4 * 64);
    assert!(hasher.memory.idle().len() <= 4);
}
