//! Query or form to names and values.

use doorward_oauth2_types::parameters;
use doorward_proto::session::v1::Parameter;
use percent_encoding::percent_decode_str;

use crate::error::ShownError;

const MAX_PARAMETERS: usize = 64;
/// No request target is longer either.
const MAX_TOTAL_BYTES: usize = 8 * 1024;

/// The parameters of a request, decoded but not yet understood.
#[derive(Debug, Clone)]
pub(crate) struct RawParams {
    pairs: Vec<(String, String)>,
}

impl RawParams {
    /// Decodes `application/x-www-form-urlencoded`. A parameter without a value counts as not sent (RFC 6749 §3.1),
    /// one that is not known is dropped.
    pub(crate) fn parse(encoded: &str) -> Result<Self, ShownError> {
        let mut pairs = Vec::new();
        let mut total = 0;
        for pair in encoded.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            total += name.len() + value.len();
            if value.is_empty() || !parameters::is_known(&name) {
                continue;
            }
            pairs.push((name, value));
        }
        if pairs.len() > MAX_PARAMETERS || total > MAX_TOTAL_BYTES {
            return Err(ShownError::invalid_request(
                "Too many or too long parameters",
            ));
        }
        Ok(Self { pairs })
    }

    /// The parameters of a request that was put aside.
    pub(super) fn restore(parameters: &[Parameter]) -> Self {
        let pairs = parameters
            .iter()
            .map(|it| (it.name.clone(), it.value.clone()));
        Self {
            pairs: pairs.collect(),
        }
    }

    /// The parameters, to put them aside.
    pub(super) fn store(&self) -> Vec<Parameter> {
        let pairs = self.pairs.iter().cloned();
        pairs
            .map(|(name, value)| Parameter { name, value })
            .collect()
    }

    /// The value of a parameter that was sent once. One that was sent twice has none: which would it be?
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.values(name);
        let value = values.next()?;
        values.next().is_none().then_some(value)
    }

    pub(super) fn is_repeated(&self, name: &str) -> bool {
        self.values(name).nth(1).is_some()
    }

    /// The first parameter that was sent twice and may not be (RFC 6749 §3.1, RFC 8707 §2).
    pub(super) fn first_repeated(&self) -> Option<&str> {
        let names = self.pairs.iter().map(|(name, _)| name.as_str());
        let mut once = names.filter(|name| !parameters::may_repeat(name));
        once.find(|name| self.is_repeated(name))
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.pairs.iter().filter(move |(own, _)| own == name);
        pairs.map(|(_, value)| value.as_str())
    }
}

/// Strictly UTF-8, and without NUL, which no store or header could carry.
fn decode(encoded: &str) -> Result<String, ShownError> {
    let spaced = encoded.replace('+', " ");
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) if !decoded.contains('\0') => Ok(decoded.into_owned()),
        _ => Err(ShownError::invalid_request(
            "The request is not valid UTF-8, or has a NUL character",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_looked_up() {
        let raw = RawParams::parse("state=a%20b+c%26&scope=openid&nonce=&foo=1").unwrap();
        assert_eq!(raw.get("state"), Some("a b c&"));
        assert_eq!(raw.get("scope"), Some("openid"));
        assert_eq!(raw.get("nonce"), None);
        assert_eq!(raw.get("foo"), None);
    }

    #[test]
    fn a_repeated_parameter_has_no_value() {
        let raw = RawParams::parse("state=a&scope=x&state=a&foo=1&foo=2").unwrap();
        assert_eq!(raw.get("state"), None);
        assert_eq!(raw.first_repeated(), Some("state"));
    }

    #[test]
    fn sec_046_nul_and_invalid_utf8() {
        for bad in ["state=%00", "state=%ff", "%00=1", "foo=%ff"] {
            assert!(RawParams::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sec_048_too_much() {
        assert!(RawParams::parse(&"state=a&".repeat(100_000)).is_err());
        assert!(RawParams::parse(&format!("state={}", "a".repeat(9_000))).is_err());
    }
}
