//! The address of an invited person.

use std::fmt;

use doorward_proto::InvalidField;

const MAX_LENGTH: usize = 254;
const MAX_LOCAL_PART: usize = 64;
const MAX_LABEL: usize = 63;

/// An email address as it was given, with the syntax of HTML forms, as in `identity`: no quoting, no comments, ASCII.
/// So it can hold neither spaces nor line ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteeEmail(String);

impl InviteeEmail {
    /// Checks an address.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        if text.len() <= MAX_LENGTH && is_address(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidField::new(
            "invitee_email",
            "is not an email address",
        ))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a user with this address is the invited person. Only the case of letters may differ.
    #[must_use]
    pub fn is(&self, email: &str) -> bool {
        self.0.eq_ignore_ascii_case(email)
    }

    /// The same text for all addresses that [`Self::is`] holds for.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for InviteeEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local_part, domain)| {
        (1..=MAX_LOCAL_PART).contains(&local_part.len())
            && local_part.bytes().all(is_local_part_byte)
            && domain.split('.').all(is_label)
    })
}

fn is_local_part_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "Carol@Example.test",
            "o'neil+tag@a-b.example",
            "demo@localhost",
        ] {
            assert_eq!(InviteeEmail::parse(good).unwrap().as_str(), good);
        }
        let too_long = format!("x@{}example", "label.".repeat(42));
        for bad in [
            "",
            "carol",
            "@example.test",
            "carol@",
            "a b@example.test",
            "a@b..example",
            "carol@example.test\r\nBcc: mallory@evil.test",
            "carol@example.test,mallory@evil.test",
            "\"carol\"@example.test",
            "cärol@example.test",
            &too_long,
        ] {
            assert!(InviteeEmail::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_letter_case_may_differ() {
        let carol = InviteeEmail::parse("Carol@Example.test").unwrap();
        assert!(carol.is("carol@EXAMPLE.test"));
        for other in [
            "carol+1@example.test",
            "c.arol@example.test",
            "",
            "carol@example.test ",
        ] {
            assert!(!carol.is(other), "{other}");
        }
        // U+212A, the Kelvin sign, has k as its lower case.
        assert!(
            !InviteeEmail::parse("kim@example.test")
                .unwrap()
                .is("\u{212a}im@example.test")
        );
    }
}
