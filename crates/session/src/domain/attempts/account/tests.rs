use super::*;

const HOUR: i64 = 3_600_000;
const LIMIT: AccountLimit = AccountLimit {
    max_attempts: 10,
    per_identifier: false,
    blocks: true,
};
const LOCKOUT: AccountLimit = AccountLimit {
    per_identifier: true,
    ..LIMIT
};

fn from(address: &str) -> Source {
    Source {
        device: None,
        address: address.to_owned(),
    }
}

fn device(address: &str) -> Source {
    Source {
        device: Some("own".to_owned()),
        address: address.to_owned(),
    }
}

/// Fails as often as it may, up to `most` times; returns how often, and the limit in the way.
fn fail(
    account: &mut Account,
    source: &Source,
    limit: AccountLimit,
    most: u32,
    now: i64,
) -> (u32, Option<Exceeded>) {
    for failed in 0..most {
        match account.admit(source, limit, now) {
            Verdict::Admitted { .. } => account.settle(source, limit, Outcome::Wrong, now),
            Verdict::Refused { exceeded, .. } => return (failed, Some(exceeded)),
            Verdict::Busy => panic!("nothing is open"),
        }
    }
    (most, None)
}

fn is_admitted(account: &mut Account, source: &Source, limit: AccountLimit, now: i64) -> bool {
    matches!(
        account.clone().admit(source, limit, now),
        Verdict::Admitted { .. }
    )
}

#[test]
fn the_attempt_after_the_last_failure_is_refused_from_that_address() {
    let mut account = Account::default();
    let failed = fail(&mut account, &from("a"), LIMIT, 20, 0);
    assert_eq!(failed, (10, Some(Exceeded::Account)));
    assert!(is_admitted(&mut account, &from("b"), LIMIT, 0));
    let days = 24 * HOUR;
    let refused = account.admit(&from("a"), LIMIT, 29 * days);
    let exceeded = Exceeded::Account;
    let retry_after = days;
    assert_eq!(
        refused,
        Verdict::Refused {
            exceeded,
            retry_after
        }
    );
    assert!(is_admitted(&mut account, &from("a"), LIMIT, 30 * days));
}

#[test]
fn a_lockout_counts_all_addresses() {
    let mut account = Account::default();
    for address in ["a", "b", "c", "d", "e"] {
        assert_eq!(fail(&mut account, &from(address), LOCKOUT, 2, 0), (2, None));
    }
    assert!(!is_admitted(&mut account, &from("f"), LOCKOUT, 0));
    assert!(is_admitted(&mut account, &from("f"), LIMIT, 0));
}

#[test]
fn a_raised_limit_ends_a_block() {
    let mut account = Account::default();
    fail(&mut account, &from("a"), LIMIT, 20, 0);
    let raised = AccountLimit {
        max_attempts: 11,
        ..LIMIT
    };
    assert!(is_admitted(&mut account, &from("a"), raised, HOUR));
}

#[test]
fn few_failures_are_forgotten_after_a_day() {
    let mut account = Account::default();
    fail(&mut account, &from("a"), LIMIT, 9, 0);
    assert_eq!(fail(&mut account, &from("a"), LIMIT, 5, 23 * HOUR).0, 1);
    let mut account = Account::default();
    fail(&mut account, &from("a"), LIMIT, 9, 0);
    assert_eq!(fail(&mut account, &from("a"), LIMIT, 5, 24 * HOUR).0, 5);
}

#[test]
fn a_right_password_ends_a_row_of_failures() {
    let mut account = Account::default();
    fail(&mut account, &from("a"), LIMIT, 9, 0);
    let right = |account: &mut Account| {
        let admitted = account.admit(&from("a"), LIMIT, HOUR);
        assert_eq!(admitted, Verdict::Admitted { exceeded: None });
        account.settle(&from("a"), LIMIT, Outcome::Right, HOUR);
    };
    right(&mut account);
    assert_eq!(fail(&mut account, &from("a"), LIMIT, 9, HOUR), (9, None));
}

/// SEC-145: however many addresses there are.
#[test]
fn sec_145_one_account_is_tried_at_most_100_times_in_an_hour() {
    let mut account = Account::default();
    let mut tried = Vec::new();
    for second in 0..3 * 3_600 {
        let now = second * 1_000;
        let address = format!("192.0.2.{}", second % 500);
        let (failed, _) = fail(&mut account, &from(&address), LIMIT, 1, now);
        tried.extend((0..failed).map(|_| now));
    }
    for start in &tried {
        let hour = *start..*start + HOUR;
        let count = tried.iter().filter(|at| hour.contains(at)).count();
        assert!(count <= 100, "{count} in the hour from {start}");
    }
    assert!(tried.len() > 150, "{}", tried.len());
}

/// SEC-149: from the same address, too.
#[test]
fn sec_149_a_known_browser_gets_in() {
    for limit in [LIMIT, LOCKOUT] {
        let mut account = Account::default();
        account.know("own", 0);
        for address in 0..200 {
            fail(&mut account, &from(&address.to_string()), limit, 30, 0);
        }
        assert!(!is_admitted(&mut account, &from("stranger"), limit, 0));
        assert!(is_admitted(&mut account, &device("0"), limit, 0));
        let other = Source {
            device: Some("of another account".to_owned()),
            ..from("0")
        };
        assert!(!is_admitted(&mut account, &other, limit, 0));
        // It has a limit of its own.
        assert_eq!(fail(&mut account, &device("0"), limit, 20, 0).0, 10);
        assert!(!is_admitted(&mut account, &device("elsewhere"), limit, 0));
    }
}

#[test]
fn a_browser_is_known_for_90_days() {
    let mut account = Account::default();
    account.know("own", 0);
    assert!(account.knows(&device("a"), DEVICE_LIFE - 1));
    assert!(!account.knows(&device("a"), DEVICE_LIFE));
    for number in 0..MAX_DEVICES {
        account.know(&number.to_string(), 1);
    }
    assert!(!account.knows(&device("a"), 1), "the oldest is dropped");
}

#[test]
fn attempts_at_once_wait_for_one_another() {
    let mut account = Account::default();
    for _ in 0..10 {
        let admitted = account.admit(&from("a"), LIMIT, 0);
        assert_eq!(admitted, Verdict::Admitted { exceeded: None });
    }
    assert_eq!(account.admit(&from("a"), LIMIT, 0), Verdict::Busy);
    for _ in 0..10 {
        account.settle(&from("a"), LIMIT, Outcome::Right, 0);
    }
    for _ in 0..10 {
        let admitted = account.admit(&from("a"), LIMIT, 0);
        assert_eq!(admitted, Verdict::Admitted { exceeded: None });
        account.settle(&from("a"), LIMIT, Outcome::Right, 0);
    }
    // Right ones count too: 20 at once, then one every six seconds.
    let refused = account.admit(&from("a"), LIMIT, 0);
    let exceeded = Exceeded::SameUser;
    let retry_after = 6_000;
    assert_eq!(
        refused,
        Verdict::Refused {
            exceeded,
            retry_after
        }
    );
    assert!(is_admitted(&mut account, &from("a"), LIMIT, 6_000));
}

#[test]
fn an_outage_counts_for_nothing() {
    let mut account = Account::default();
    for _ in 0..100 {
        let admitted = account.admit(&from("a"), LIMIT, 0);
        assert_eq!(admitted, Verdict::Admitted { exceeded: None });
        account.settle(&from("a"), LIMIT, Outcome::Unknown, 0);
    }
    // Nor an attempt that was never settled, because a process died.
    for _ in 0..10 {
        account.admit(&from("a"), LIMIT, 0);
    }
    assert_eq!(account.admit(&from("a"), LIMIT, 9_999), Verdict::Busy);
    assert_eq!(fail(&mut account, &from("a"), LIMIT, 20, 120_000).0, 10);
}

#[test]
fn without_a_shield_nothing_is_refused() {
    let open = AccountLimit {
        blocks: false,
        ..LIMIT
    };
    let mut account = Account::default();
    assert_eq!(fail(&mut account, &from("a"), open, 30, 0), (30, None));
    let admitted = account.admit(&from("a"), open, 0);
    let exceeded = Some(Exceeded::SameUser);
    assert_eq!(admitted, Verdict::Admitted { exceeded });
}

#[test]
fn failures_are_listed_and_forgotten() {
    let mut account = Account::default();
    account.know("own", 0);
    fail(&mut account, &from("a"), LIMIT, 3, 1);
    fail(&mut account, &device("a"), LIMIT, 2, 2);
    let failed = account.failed(3);
    let shown: Vec<_> = failed
        .iter()
        .map(|it| {
            (
                it.address.as_str(),
                it.known_browser,
                it.failures,
                it.last_at,
            )
        })
        .collect();
    assert_eq!(shown, [("a", true, 2, 2), ("a", false, 3, 1)]);
    account.clear();
    assert_eq!(account.failed(3), []);
    assert!(account.knows(&device("a"), 3));
}

#[test]
fn a_record_has_an_end_and_a_size() {
    let mut account = Account::default();
    for address in 0..10_000 {
        let source = from(&format!("2001:db8:{address:x}::/64"));
        fail(&mut account, &source, LIMIT, 1, address * 100_000);
        let json = serde_json::to_string(&account).unwrap();
        assert!(json.len() < 20_000, "{}", json.len());
        let read: Account = serde_json::from_str(&json).unwrap();
        assert_eq!(read, account);
    }
    let end = account.ends_at();
    assert!(end <= 10_000 * 100_000 + 25 * HOUR, "{end}");
}
