//! `application/x-www-form-urlencoded`, the format of queries and forms, read strictly.

use percent_encoding::percent_decode_str;

use crate::error::ShownError;

/// Names and values in the order of the request. A pair without a value counts as not sent (RFC 6749 §3.1).
#[derive(Debug, Clone, Default)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Refuses the whole text for what is wrong with any of it.
    pub(crate) fn parse(encoded: &str) -> Result<Self, ShownError> {
        let mut pairs = Vec::new();
        for pair in encoded.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            if !value.is_empty() {
                pairs.push((name, value));
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a name that was sent once. One that was sent twice has none: which would it be?
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.values(name);
        let value = values.next()?;
        // mutant: first-of-two-values-accepted
        values.next().is_none().then_some(value)
    }

    pub(crate) fn is_repeated(&self, name: &str) -> bool {
        self.values(name).nth(1).is_some()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.0.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Leaves only the pairs whose name is wanted.
    pub(crate) fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| wanted(name));
    }

    /// All values of a name, in the order of the request.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let pairs = self.iter().filter(move |(own, _)| *own == name);
        pairs.map(|(_, value)| value)
    }
}

impl FromIterator<(String, String)> for Pairs {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}

/// Strictly UTF-8, and without NUL, which no store or header could carry.
fn decode(encoded: &str) -> Result<String, ShownError> {
    let spaced = encoded.replace('+', " ");
    // mutant: invalid-utf-8-replaced
    match percent_decode_str(&spaced).decode_utf8() {
        // mutant: nul-accepted
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
        let pairs = Pairs::parse("state=a%20b+c%26&scope=%zz%&nonce=&&=x&%66oo=1=2").unwrap();
        assert_eq!(pairs.get("state"), Some("a b c&"));
        assert_eq!(pairs.get("scope"), Some("%zz%"));
        assert_eq!(pairs.get("nonce"), None);
        assert_eq!(pairs.get("foo"), Some("1=2"));
    }

    #[test]
    fn a_repeated_name_has_no_value() {
        let pairs = Pairs::parse("a=1&b=2&a=1&c=&c=3").unwrap();
        assert_eq!((pairs.get("a"), pairs.is_repeated("a")), (None, true));
        assert_eq!((pairs.get("c"), pairs.is_repeated("c")), (Some("3"), false));
    }

    #[test]
    fn sec_046_nul_and_invalid_utf8() {
        for bad in ["state=%00", "state=%ff", "%00=1", "foo=%ff", "foo=%c3"] {
            assert!(Pairs::parse(bad).is_err(), "{bad}");
        }
    }
}
