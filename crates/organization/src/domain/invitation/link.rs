//! The link for an invited person.

use std::fmt;

use doorward_proto::InvalidField;
use doorward_service_kit::is_loopback_host;
use url::Url;

use super::Ticket;
use crate::domain::OrganizationId;

const MAX_LENGTH: usize = 2048;

/// The address that starts a sign-in to the application: `https`, or `http` on this machine itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginUri(Url);

impl LoginUri {
    /// Checks an address.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        let problem = "must be an https URL of up to 2048 characters";
        let invalid = || InvalidField::new("login_uri", problem);
        let url = Url::parse(text).map_err(|_| invalid())?;
        let local = url.host_str().is_some_and(is_loopback_host);
        let secure = url.scheme() == "https" || url.scheme() == "http" && local;
        let plain = url.username().is_empty() && url.password().is_none();
        if text.len() <= MAX_LENGTH && secure && plain {
            Ok(Self(url))
        } else {
            Err(invalid())
        }
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Appends the parameters of an invitation to the query; a fragment stays last.
    #[must_use]
    pub fn link(&self, ticket: &Ticket, id: &OrganizationId, name: &str) -> String {
        let mut link = self.0.clone();
        link.query_pairs_mut()
            .append_pair("invitation", ticket.as_str())
            .append_pair("organization", id.as_str())
            .append_pair("organization_name", name);
        link.into()
    }
}

impl fmt::Display for LoginUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_query_and_fragment() {
        let ticket = Ticket::parse(&"t".repeat(32)).unwrap();
        let id = OrganizationId::from("org_1".to_owned());
        let added = format!(
            "invitation={}&organization=org_1&organization_name=acme",
            "t".repeat(32)
        );
        for (login_uri, link) in [
            (
                "https://app.example.test/login",
                format!("https://app.example.test/login?{added}"),
            ),
            (
                "https://app.example.test",
                format!("https://app.example.test/?{added}"),
            ),
            (
                "https://app.example.test/?a=b%20c",
                format!("https://app.example.test/?a=b%20c&{added}"),
            ),
            (
                "https://app.example.test/?a=b#/login",
                format!("https://app.example.test/?a=b&{added}#/login"),
            ),
        ] {
            let login_uri = LoginUri::parse(login_uri).unwrap();
            assert_eq!(login_uri.link(&ticket, &id, "acme"), link);
        }
    }

    #[test]
    fn login_uris() {
        for good in [
            "https://app.example.test/login",
            "http://localhost:3000/",
            "http://[::1]:3000/login",
        ] {
            assert!(LoginUri::parse(good).is_ok(), "{good}");
        }
        let too_long = format!("https://app.example.test/{}", "x".repeat(2048));
        for bad in [
            "",
            "/login",
            "http://app.example.test/",
            "javascript:alert(1)",
            "https://user:secret@app.example.test/",
            &too_long,
        ] {
            assert!(LoginUri::parse(bad).is_err(), "{bad}");
        }
    }
}
