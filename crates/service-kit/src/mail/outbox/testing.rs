//! Shared by the tests of the outbox and the worker.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::migrate::Migrator;

use super::super::Mail;
use super::Outbox;
use crate::sql::Database;
use crate::{Clock, KeyEncryptionKey};

pub(in super::super) fn migrator() -> Migrator {
    crate::sql::migrator(&[(
        "0004_mail.sql",
        include_str!("../../../../organization/migrations/0004_mail.sql"),
    )])
}

pub(in super::super) fn outbox() -> Outbox {
    Outbox::new(Arc::new(KeyEncryptionKey::from_bytes(&[7; 32]).unwrap()))
}

pub(in super::super) fn mail() -> Mail {
    Mail {
        to: "carol@example.test".to_owned(),
        from_name: "Acme".to_owned(),
        subject: "An invitation".to_owned(),
        text: "https://app.example.test/login?invitation=secret\n".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        link: "https://app.example.test/login?invitation=secret".to_owned(),
        useless_after: None,
    }
}

pub(in super::super) async fn sealed_content(database: &Database, id: &str) -> String {
    let query = sqlx::query("SELECT sealed_content FROM mail WHERE id = $1").bind(id);
    let row = query.fetch_one(database.reader()).await.unwrap();
    row.try_get("sealed_content").unwrap()
}

pub(in super::super) async fn next_attempt_at(database: &Database, id: &str) -> Timestamp {
    let query = sqlx::query("SELECT next_attempt_at FROM mail WHERE id = $1").bind(id);
    let row = query.fetch_one(database.reader()).await.unwrap();
    let milliseconds = row.try_get("next_attempt_at").unwrap();
    Timestamp::from_millisecond(milliseconds).unwrap()
}

/// A clock that stands still until a test moves it. That of `test-support` is for other crates.
#[derive(Debug)]
pub(in super::super) struct StillClock(AtomicI64);

impl StillClock {
    pub(in super::super) fn start() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_767_323_045_000)))
    }

    pub(in super::super) fn advance(&self, by: Duration) {
        let milliseconds = i64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap()
    }
}
