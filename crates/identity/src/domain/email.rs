//! Email addresses.

use std::fmt;

use doorward_proto::InvalidField;
use unicode_normalization::UnicodeNormalization;

const MAX_LENGTH: usize = 254;
/// The bytes of a text that may still become a shorter address.
const MAX_TYPED: usize = 1024;
const MAX_LOCAL_PART: usize = 64;
const MAX_LABEL: usize = 63;

/// An email address in lower case, with the syntax of HTML forms
/// ([HTML](https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address): no quoting, no comments, ASCII). An
/// international domain has its ASCII form, which browsers send for `type=email` (UTS 46).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Checks an address, and converts it to lower case. Converts compatible characters, such as the full-width ones of
    /// Japanese keyboards, to the usual ones first (NFKC).
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        let text = &canonical(text);
        let problem = if text.len() > MAX_LENGTH {
            "must have at most 254 characters"
        } else if !text.is_ascii() {
            "has a character before the @ that is not ASCII, or no valid domain"
        } else if !is_address(text) {
            "is not an email address"
        } else {
            return Ok(Self(text.to_ascii_lowercase()));
        };
        Err(InvalidField::new("email", problem))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The form of the address that all spellings share. A text that is no address stays.
fn canonical(text: &str) -> String {
    if text.is_ascii() || text.len() > MAX_TYPED {
        return text.to_owned();
    }
    let text: String = text.nfkc().collect();
    let Some((local_part, domain)) = text.split_once('@') else {
        return text;
    };
    match idna::domain_to_ascii(domain) {
        Ok(ascii) if !domain.is_ascii() => format!("{local_part}@{ascii}"),
        _ => text,
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
        let long_local_part = format!("{}@example.com", "x".repeat(64));
        for good in [
            "Alice@Example.com",
            "o'neil+tag@a-b.example",
            "demo@localhost",
            &long_local_part,
        ] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        let too_long_local_part = format!("x{long_local_part}");
        let too_long = format!("x@{}", "label.".repeat(43));
        for bad in [
            "",
            "alice",
            "@example.com",
            "alice@",
            "a@b@c",
            "a b@example.com",
            " a@example.com",
            "a@-b.example",
            "a@b-.example",
            "a@b..example",
            "a@b\0",
            "\"a\"@example.com",
            "ä@example.com",
            &too_long_local_part,
            &too_long,
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn f10_f11_all_spellings_of_an_address_are_one() {
        for (typed, expected) in [
            ("info@b\u{fc}cher.example", "info@xn--bcher-kva.example"),
            ("info@bu\u{308}cher.example", "info@xn--bcher-kva.example"),
            ("info@B\u{dc}CHER.example", "info@xn--bcher-kva.example"),
            ("info@XN--BCHER-KVA.example", "info@xn--bcher-kva.example"),
            (
                "\u{ff41}lice\u{ff20}example\u{ff0e}com",
                "alice@example.com",
            ),
            ("alice@example\u{3002}com", "alice@example.com"),
        ] {
            assert_eq!(Email::parse(typed).unwrap().as_str(), expected);
        }
        for other in [
            "j\u{f6}rg@people.example",
            "a@b\u{ff20}c",
            "a@\u{200d}.example",
        ] {
            assert!(Email::parse(other).is_err(), "{other}");
        }
        // Addresses that were stored before stay addresses.
        assert!(Email::parse("a@xn--0.example").is_ok());
    }

    #[test]
    fn letter_case_does_not_matter() {
        let email = Email::parse("Alice.B@Example.COM").unwrap();
        assert_eq!(email.as_str(), "alice.b@example.com");
        assert_eq!(email.local_part(), "alice.b");
    }
}
