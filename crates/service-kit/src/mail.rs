//! Mails: an outbox that is written in the caller's SQL transaction, and a worker that sends from it.
//!
//! A mail exists if and only if the transaction that put it into the [`Outbox`] is committed. The [`Worker`] sends each
//! mail once. If a process is killed after the mail server has accepted a mail and before that is recorded, the mail is
//! sent a second time, with the same bytes and the same `Message-ID`.

mod announce;
mod brand;
mod color;
mod config;
mod content;
mod delivery;
mod folder;
mod letter;
mod message;
mod one_line;
mod outbox;
mod smtp;
mod texts;
mod times;
mod worker;

pub use announce::Announce;
pub use brand::Brand;
pub use config::MailConfig;
pub use content::Mail;
pub use delivery::Transport;
pub use letter::{Button, Letter};
pub use one_line::one_line;
pub use outbox::{MailProgress, MailState, Outbox};
pub use texts::Texts;
pub use worker::{Worker, finish};
