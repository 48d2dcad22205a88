//! Keys of what is counted.

use std::fmt;

use doorward_proto::InvalidField;
use doorward_service_kit::token_hash;

use super::ClientAddress;

const MAX_IDENTIFIER: usize = 1_024;

/// Key of a counter: a hash, so that the store holds no email address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CounterKey(String);

impl CounterKey {
    /// Key of the attempts with an identifier. Letter case and spaces around it do not count.
    pub fn account(identifier: &str) -> Result<Self, InvalidField> {
        let identifier = identifier.trim();
        if identifier.is_empty() || identifier.len() > MAX_IDENTIFIER {
            let problem = format!("must have 1 to {MAX_IDENTIFIER} bytes");
            return Err(InvalidField::new("identifier", problem));
        }
        Ok(Self::of("account", &identifier.to_lowercase()))
    }

    /// Key of the failed logins of an address.
    #[must_use]
    pub fn logins(address: &ClientAddress) -> Self {
        Self::of("logins", &address.to_string())
    }

    /// Key of the sign-ups of an address.
    #[must_use]
    pub fn sign_ups(address: &ClientAddress) -> Self {
        Self::of("sign-ups", &address.to_string())
    }

    fn of(kind: &str, value: &str) -> Self {
        Self(token_hash(&format!("{kind} {value}")))
    }

    /// The hash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CounterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_and_spaces_do_not_count() {
        let key = |text| CounterKey::account(text).unwrap();
        assert_eq!(key("alice@example.test"), key(" Alice@Example.TEST "));
        assert_ne!(key("alice@example.test"), key("alice@example.tes"));
        assert!(!key("alice@example.test").as_str().contains("alice"));
        for bad in ["", "  ", &"x".repeat(1_025)] {
            assert!(CounterKey::account(bad).is_err());
        }
    }

    #[test]
    fn kinds_are_apart() {
        let address = ClientAddress::parse("192.0.2.1").unwrap();
        assert_ne!(CounterKey::logins(&address), CounterKey::sign_ups(&address));
    }
}
