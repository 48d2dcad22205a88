//! Shared by the tests of the outbox and the worker.

use std::sync::Arc;

use sqlx::Row as _;
use sqlx::migrate::Migrator;

use super::super::Mail;
use super::Outbox;
use crate::KeyEncryptionKey;
use crate::sql::Database;

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
