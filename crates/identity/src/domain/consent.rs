//! Consents of users to applications.

use std::collections::BTreeSet;

use doorward_oauth2_types::Scope;
use doorward_proto::InvalidField;

use super::User;
use super::user::check_name;

const MAX_AUDIENCE: usize = 600;
const MAX_SCOPES: usize = 1_000;
const MAX_CONSENTS: usize = 1000;
/// The maximum size of all consents of a user, which are sent in one message.
const MAX_BYTES: usize = 1024 * 1024;
/// The overhead of a text in a message.
const OVERHEAD: usize = 4;

/// The consent of a user to one application.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Consent {
    /// The application.
    pub client_id: String,
    /// Identifier of the API; empty: only the user's own profile.
    pub audience: String,
    /// The organization that it was given in; empty: none.
    pub organization_id: String,
    /// Each a `scope-token` of RFC 6749 §3.3.
    pub scopes: BTreeSet<String>,
}

impl Consent {
    /// Refuses invalid consents.
    pub fn validate(&self) -> Result<(), InvalidField> {
        check_name("client_id", &self.client_id)?;
        if self.audience.chars().count() > MAX_AUDIENCE {
            return Err(InvalidField::new(
                "audience",
                "must have at most 600 characters",
            ));
        }
        if self.audience.contains(char::is_control) {
            let problem = "must not have control characters";
            return Err(InvalidField::new("audience", problem));
        }
        if !self.organization_id.is_empty() {
            check_name("organization_id", &self.organization_id)?;
        }
        if self.scopes.len() > MAX_SCOPES {
            return Err(InvalidField::new("scopes", "must be at most 1,000"));
        }
        let scope = Scope::from_tokens(&self.scopes);
        scope.map_err(|error| InvalidField::new("scopes", error.to_string()))?;
        Ok(())
    }

    fn key(&self) -> (&str, &str, &str) {
        (&self.client_id, &self.audience, &self.organization_id)
    }

    fn bytes(&self) -> usize {
        let scopes = self.scopes.iter();
        let scopes: usize = scopes.map(|scope| scope.len() + OVERHEAD).sum();
        OVERHEAD + self.client_id.len() + self.audience.len() + self.organization_id.len() + scopes
    }
}

impl User {
    /// Agrees to more, besides what was agreed to before. Gives the whole consent, or nothing when it has nothing new.
    pub fn agree(&mut self, given: Consent) -> Result<Option<Consent>, InvalidField> {
        let place = self
            .consents
            .binary_search_by(|own| own.key().cmp(&given.key()));
        let agreed = match place {
            Ok(index) => {
                let own = &mut self.consents[index];
                let before = own.scopes.len();
                own.scopes.extend(given.scopes);
                (own.scopes.len() > before).then(|| own.clone())
            }
            Err(index) => {
                self.consents.insert(index, given.clone());
                Some(given)
            }
        };
        let bytes: usize = self.consents.iter().map(Consent::bytes).sum();
        if self.consents.len() > MAX_CONSENTS || bytes > MAX_BYTES {
            let problem = "the user has agreed to as much as one user may";
            return Err(InvalidField::new("consent", problem));
        }
        Ok(agreed)
    }
}

#[cfg(test)]
mod tests;
