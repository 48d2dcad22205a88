//! The secret of an invitation.

use std::fmt;

use doorward_service_kit::{alphanumeric, token_hash};

/// The number of letters and digits: 190 bits.
const LENGTH: usize = 32;

/// 32 random letters and digits, the `invitation` parameter of `/authorize`. Its holder has read the mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket(String);

/// SHA-256 of a ticket, by which it is found. Nothing can be learnt from it: a ticket cannot be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketHash(String);

impl Ticket {
    /// Creates a new ticket.
    #[must_use]
    pub fn generate() -> Self {
        // mutant: tickets-can-be-guessed
        Self(alphanumeric(LENGTH))
    }

    /// Reads a ticket. `None` if the text cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_ticket = text.len() == LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric());
        is_ticket.then(|| Self(text.to_owned()))
    }

    /// The ticket as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash by which the store finds it.
    #[must_use]
    pub fn hash(&self) -> TicketHash {
        // mutant: tickets-stored-in-clear
        TicketHash(token_hash(&self.0))
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket [redacted]")
    }
}

impl TicketHash {
    /// The hash as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets() {
        let ticket = Ticket::generate();
        assert_eq!(Ticket::parse(ticket.as_str()), Some(ticket.clone()));
        assert_ne!(ticket, Ticket::generate());
        assert!(!ticket.hash().as_str().contains(ticket.as_str()));
        assert_eq!(format!("{ticket:?}"), "Ticket [redacted]");
        for bad in [
            "",
            "short",
            &"a".repeat(33),
            &"-".repeat(32),
            &"é".repeat(16),
        ] {
            assert_eq!(Ticket::parse(bad), None, "{bad}");
        }
    }
}
