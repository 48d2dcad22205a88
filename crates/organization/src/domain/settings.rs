//! The settings of an organization that no query looks at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rule;

const MAX_METADATA: usize = 25;
const MAX_CLIENTS: usize = 100;

/// The settings, stored as one JSON document. `organization.proto` says what each field means.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in organization.proto, field by field"
)]
pub struct Settings {
    pub branding: Branding,
    pub metadata: Metadata,
    pub third_party_clients_allowed: bool,
    pub is_app_entitlement_active: bool,
    pub clients: Vec<Client>,
}

/// The look of pages and mails; an absent value is the tenant's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in organization.proto, field by field"
)]
pub struct Branding {
    pub logo_url: Option<String>,
    pub primary_color: Option<String>,
    pub page_background_color: Option<String>,
}

/// Texts of the tenant's own. A list of pairs in the document, which is replaced as a whole when it is written again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(String, String)>", into = "Vec<(String, String)>")]
pub struct Metadata(pub BTreeMap<String, String>);

/// An application, and what it may do with members.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "documented in organization.proto, field by field"
)]
pub struct Client {
    pub client_id: String,
    pub use_for_member_access: bool,
}

impl From<Vec<(String, String)>> for Metadata {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl From<Metadata> for Vec<(String, String)> {
    fn from(metadata: Metadata) -> Self {
        metadata.0.into_iter().collect()
    }
}

impl Branding {
    /// Checks the values. `Err` is the field and the problem.
    pub(super) fn check(self) -> Result<Self, (&'static str, String)> {
        let logo_url = self.logo_url.filter(|text| !text.is_empty());
        if let Some(url) = &logo_url {
            rule::logo_url(url).map_err(|problem| ("branding.logo_url", problem))?;
        }
        let color = |field, text: Option<String>| {
            let checked = text.map(|text| rule::color(&text)).transpose();
            checked.map_err(|problem| (field, problem))
        };
        Ok(Self {
            logo_url,
            primary_color: color("branding.colors.primary", self.primary_color)?,
            page_background_color: color(
                "branding.colors.page_background",
                self.page_background_color,
            )?,
        })
    }
}

impl Metadata {
    /// Checks the pairs. `Err` is the problem.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.0.len() > MAX_METADATA {
            return Err("must be at most 25 pairs".to_owned());
        }
        for (key, value) in &self.0 {
            let length = key.chars().count();
            if !(1..=255).contains(&length) || value.chars().count() > 255 {
                return Err("keys must have 1 to 255 characters, and values at most 255".to_owned());
            }
        }
        Ok(())
    }
}

/// Checks the applications, and orders them. `Err` is the problem.
pub(super) fn check_clients(mut clients: Vec<Client>) -> Result<Vec<Client>, String> {
    if clients.len() > MAX_CLIENTS {
        return Err("must be at most 100".to_owned());
    }
    clients.sort();
    for client in &clients {
        rule::key(&client.client_id).map_err(|problem| format!("client_id {problem}"))?;
    }
    let twice = clients
        .windows(2)
        .find(|two| two[0].client_id == two[1].client_id);
    match twice {
        Some(two) => Err(format!("{:?} is given twice", two[0].client_id)),
        None => Ok(clients),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_without_keys_has_the_defaults() {
        let settings: Settings = serde_json::from_str("{}").unwrap();
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn metadata_is_a_list_in_the_document() {
        let metadata =
            Metadata([("b".to_owned(), "2".to_owned()), ("a".into(), "1".into())].into());
        let text = serde_json::to_string(&metadata).unwrap();
        assert_eq!(text, r#"[["a","1"],["b","2"]]"#);
        assert_eq!(serde_json::from_str::<Metadata>(&text).unwrap(), metadata);
    }

    #[test]
    fn metadata_is_limited() {
        let pairs = |count: usize, length: usize| {
            let pair = |index: usize| (index.to_string(), "é".repeat(length));
            Metadata((0..count).map(pair).collect())
        };
        assert!(pairs(25, 255).check().is_ok());
        assert!(pairs(26, 1).check().is_err());
        assert!(pairs(1, 256).check().is_err());
        let unnamed = Metadata([(String::new(), "x".to_owned())].into());
        assert!(unnamed.check().is_err());
    }

    #[test]
    fn a_branding_names_its_bad_value() {
        let good = Branding {
            logo_url: Some(String::new()),
            primary_color: Some("#ABC".to_owned()),
            page_background_color: None,
        };
        let checked = good.check().unwrap();
        assert_eq!(checked.logo_url, None);
        assert_eq!(checked.primary_color.as_deref(), Some("#aabbcc"));
        let bad = Branding {
            page_background_color: Some("white".to_owned()),
            ..Branding::default()
        };
        assert_eq!(
            bad.check().unwrap_err().0,
            "branding.colors.page_background"
        );
    }

    #[test]
    fn applications_are_checked_and_ordered() {
        let client = |id: &str| Client {
            client_id: id.to_owned(),
            use_for_member_access: true,
        };
        let ordered = check_clients(vec![client("b"), client("a")]).unwrap();
        assert_eq!(ordered, [client("a"), client("b")]);
        assert!(check_clients(vec![client("a"), client("a")]).is_err());
        assert!(check_clients(vec![client("")]).is_err());
        let many = (0..101).map(|index| client(&index.to_string()));
        assert!(check_clients(many.collect()).is_err());
    }
}
