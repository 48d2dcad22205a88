//! Query or form to the parameters of an authorization request.

use doorward_oauth2_types::parameters;

use crate::error::ShownError;
use crate::urlencoded::Pairs;

const MAX_PARAMETERS: usize = 64;
/// No request target is longer either.
const MAX_TOTAL_BYTES: usize = 8 * 1024;

/// The parameters of a request, decoded but not yet understood. One that is not known is dropped.
#[derive(Debug, Clone)]
pub(crate) struct RawParams(Pairs);

impl RawParams {
    /// Decodes `application/x-www-form-urlencoded`.
    ///
    /// # Errors
    /// `invalid_request`, on a page: the encoding is malformed, or there are too many or too long parameters.
    pub(crate) fn parse(encoded: &str) -> Result<Self, ShownError> {
        let mut pairs = Pairs::parse(encoded)?;
        let total: usize = pairs
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        pairs.retain(parameters::is_known);
        // mutant: number-of-parameters-unlimited, length-of-parameters-unlimited
        if pairs.iter().count() > MAX_PARAMETERS || total > MAX_TOTAL_BYTES {
            return Err(ShownError::invalid_request(
                "Too many or too long parameters",
            ));
        }
        Ok(Self(pairs))
    }

    /// The parameters of a request that was put aside.
    pub(super) fn restore(parameters: &[(String, String)]) -> Self {
        Self(parameters.iter().cloned().collect())
    }

    /// The parameters, to put them aside.
    pub(crate) fn store(&self) -> Vec<(String, String)> {
        let pairs = self.0.iter();
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// The request as if its `login_hint` were this account, which does no more than fill in a form. What the
    /// application hints at comes first.
    pub(super) fn offering(&self, account: Option<&str>) -> Self {
        let hint = (
            parameters::LOGIN_HINT.to_owned(),
            account.unwrap_or_default().to_owned(),
        );
        let hinted = self.names().any(|name| name == parameters::LOGIN_HINT);
        let has_room = self.0.iter().count() < MAX_PARAMETERS;
        let hint = Some(hint).filter(|(_, account)| !hinted && has_room && !account.is_empty());
        let sent = self.0.iter();
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(sent.chain(hint).collect())
    }

    /// The names and values, in the order of the request.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter()
    }

    /// The value of a parameter that was sent exactly once.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// All values of a parameter that may be sent more than once.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.values(name)
    }

    /// The names that were sent.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name)
    }

    pub(super) fn is_repeated(&self, name: &str) -> bool {
        self.0.is_repeated(name)
    }

    /// The first parameter that was sent twice and may not be (RFC 6749 §3.1, RFC 8707 §2).
    pub(super) fn first_repeated(&self) -> Option<&str> {
        let mut once = self.names().filter(|name| !parameters::may_repeat(name));
        // mutant: repeated-parameters-accepted
        once.find(|name| self.is_repeated(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_parameters_are_dropped() {
        let raw = RawParams::parse("state=a&foo=1&Scope=x").unwrap();
        assert_eq!(raw.get("state"), Some("a"));
        assert_eq!(raw.get("foo"), None);
        assert_eq!(raw.store().len(), 1);
    }

    #[test]
    fn sec_032_a_repeated_parameter_has_no_value() {
        let raw = RawParams::parse("state=a&scope=x&state=a&foo=1&foo=2").unwrap();
        assert_eq!(raw.get("state"), None);
        assert_eq!(raw.first_repeated(), Some("state"));
    }

    #[test]
    fn what_was_put_aside_comes_back() {
        let raw = RawParams::parse("state=a%26b&scope=x&scope=y").unwrap();
        let restored = RawParams::restore(&raw.store());
        assert_eq!(restored.get("state"), Some("a&b"));
        assert_eq!(restored.first_repeated(), Some("scope"));
    }

    #[test]
    fn an_account_is_offered_unless_the_request_hints_at_one() {
        let cases = [
            ("scope=x", Some("a@b.example"), Some("a@b.example")),
            ("scope=x", None, None),
            ("scope=x", Some(""), None),
            (
                "login_hint=c%40d.example",
                Some("a@b.example"),
                Some("c@d.example"),
            ),
        ];
        for (query, account, expected) in cases {
            let offering = RawParams::parse(query).unwrap().offering(account);
            assert_eq!(offering.get("login_hint"), expected, "{query} {account:?}");
        }
        let full = RawParams::parse(&"resource=x&".repeat(MAX_PARAMETERS)).unwrap();
        assert_eq!(full.offering(Some("a@b.example")).get("login_hint"), None);
    }

    #[test]
    fn sec_048_too_much() {
        assert!(RawParams::parse(&"state=a&".repeat(100_000)).is_err());
        assert!(RawParams::parse(&format!("state={}", "a".repeat(9_000))).is_err());
    }
}
