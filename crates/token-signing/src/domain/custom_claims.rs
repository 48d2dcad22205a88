//! Claims that the tenant, or its post-login hook, adds to a token.

use doorward_oauth2_types::{CustomClaimName, MAX_CUSTOM_CLAIMS_BYTES};
use doorward_proto::InvalidField;
use serde::Serialize;
use serde_json::{Map, Value};

/// Custom claims, none of them one that this service writes itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct CustomClaims(Map<String, Value>);

impl CustomClaims {
    /// Reads a JSON object. Of several members with one name the last one counts.
    pub(crate) fn parse(json: Option<&str>, field: &str) -> Result<Self, InvalidField> {
        let Some(json) = json else {
            return Ok(Self::default());
        };
        if json.len() > MAX_CUSTOM_CLAIMS_BYTES {
            let problem = format!("has more than {MAX_CUSTOM_CLAIMS_BYTES} bytes");
            return Err(InvalidField::new(field, problem));
        }
        let claims: Map<String, Value> = serde_json::from_str(json)
            .map_err(|_| InvalidField::new(field, "is not a JSON object"))?;
        for name in claims.keys() {
            if let Err(problem) = name.parse::<CustomClaimName>() {
                return Err(InvalidField::new(field, format!("{name:?} {problem}")));
            }
        }
        Ok(Self(claims))
    }

    /// The names of the claims.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted() {
        let none = CustomClaims::default();
        assert_eq!(CustomClaims::parse(None, "f").unwrap(), none);
        assert_eq!(CustomClaims::parse(Some("{}"), "f").unwrap(), none);
        let some =
            r#"{"https://a.test/plan":"gold","n":9007199254740993,"email":{"a":[1.5,null]}}"#;
        let parsed = CustomClaims::parse(Some(some), "f").unwrap();
        let json = serde_json::to_value(&parsed).unwrap();
        assert_eq!(json, serde_json::from_str::<Value>(some).unwrap());
    }

    #[test]
    fn what_is_refused() {
        let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_CUSTOM_CLAIMS_BYTES));
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(1_000), "]".repeat(1_000));
        let cases = [
            ("[]", "f: is not a JSON object"),
            ("null", "f: is not a JSON object"),
            ("", "f: is not a JSON object"),
            ("{} {}", "f: is not a JSON object"),
            (&deep, "f: is not a JSON object"),
            (&large, "f: has more than 102400 bytes"),
            (r#"{"sub":"x"}"#, r#"f: "sub" is reserved for the server"#),
            (
                r#"{"s\u0075b":"x"}"#,
                r#"f: "sub" is reserved for the server"#,
            ),
            (
                r#"{"https://auth0.com/x":1}"#,
                r#"f: "https://auth0.com/x" is in a reserved namespace"#,
            ),
        ];
        for (json, expected) in cases {
            let error = CustomClaims::parse(Some(json), "f").unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
