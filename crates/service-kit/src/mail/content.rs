//! A mail as the outbox keeps it.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::one_line;

/// A rendered mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Address of the recipient.
    pub to: String,
    /// Name of the sender, shown beside the address of `mail.from`; empty: the name in that setting.
    pub from_name: String,
    /// One line of text.
    pub subject: String,
    /// Content for programs without HTML.
    pub text: String,
    /// The same content as an HTML document.
    pub html: String,
    /// The link in the content, printed where there is no mail server; empty: none.
    pub link: String,
    /// Time from which the mail is not sent any more; `None`: two days after it was written.
    #[serde(skip)]
    pub useless_after: Option<Timestamp>,
}

impl Mail {
    /// The subject without what could end a header.
    pub(super) fn clean_subject(&self) -> String {
        // mutant: names-break-lines-of-mails (subject)
        one_line(&self.subject)
    }

    /// The sender's name without what could end a header.
    pub(super) fn clean_from_name(&self) -> String {
        // mutant: names-break-lines-of-mails (sender)
        one_line(&self.from_name)
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail [redacted]")
    }
}
