//! A mail as it is sent: RFC 5322 headers and two MIME parts.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use url::Host;

use super::Mail;

/// A mail ready for a mail server. The same mail has the same bytes at each attempt.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) created_at: Timestamp,
    pub(super) from: Address,
    pub(super) to: Address,
    pub(super) link: String,
    pub(super) bytes: Vec<u8>,
}

impl Message {
    /// Fails with the reason if the recipient has no address that mails can be sent to.
    pub(super) fn new(
        mail: Mail,
        (id, created_at): (String, Timestamp),
        sender: &Mailbox,
    ) -> Result<Self, &'static str> {
        let to = parse_address(&mail.to).ok_or("the recipient's address is not valid")?;
        let name = Some(mail.clean_from_name()).filter(|name| !name.is_empty());
        let from = Mailbox::new(name.or_else(|| sender.name.clone()), sender.email.clone());
        let message_id = format!("<{id}@{}>", sender.email.domain());
        let content = MultiPart::alternative()
            .boundary(&id)
            .singlepart(SinglePart::plain(mail.text.clone()))
            .singlepart(SinglePart::html(mail.html.clone()));
        let message = lettre::Message::builder()
            .from(from)
            .to(Mailbox::new(None, to.clone()))
            .subject(mail.clean_subject())
            .date(SystemTime::from(created_at))
            .message_id(Some(message_id))
            .raw_header(auto_submitted())
            .multipart(content)
            .map_err(|_| "the mail cannot be encoded")?;
        Ok(Self {
            id,
            created_at,
            from: sender.email.clone(),
            to,
            link: mail.link,
            bytes: message.formatted(),
        })
    }
}

/// Keeps programs that answer mails from answering this one (RFC 3834 §5).
fn auto_submitted() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

/// An address with its domain in ASCII, which every mail server understands.
pub(super) fn parse_address(text: &str) -> Option<Address> {
    if text.chars().any(char::is_control) {
        return None;
    }
    let (user, domain) = text.rsplit_once('@')?;
    if domain.is_ascii() {
        return Address::new(user, domain).ok();
    }
    match Host::parse(domain).ok()? {
        Host::Domain(domain) => Address::new(user, domain).ok(),
        _ => None,
    }
}

/// A sender, as in `mail.from`.
pub(super) fn parse_sender(text: &str) -> Option<Mailbox> {
    let text = text.trim();
    let Some((name, address)) = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
    else {
        return Some(Mailbox::new(None, parse_address(text)?));
    };
    let name = super::one_line(name.trim().trim_matches('"'));
    let name = Some(name).filter(|name| !name.is_empty());
    Some(Mailbox::new(name, parse_address(address.trim())?))
}

#[cfg(test)]
mod tests;
