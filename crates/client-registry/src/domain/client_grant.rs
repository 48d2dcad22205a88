//! Client grants: what an application may ask of an API.

use doorward_proto::InvalidField;

use super::draft::{Draft, set_all};
use super::word::words;
use super::{ClientId, Object, rule};

words! {
    /// On whose behalf the application asks.
    SubjectType {
        /// On its own.
        #[default]
        Client = "client",
        /// On a user's.
        User = "user",
    }
}

/// What an application may ask of an API. There is one for each application, audience and subject type at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientGrant {
    /// The application.
    pub client_id: ClientId,
    /// Identifier of the API, which need not exist.
    pub audience: String,
    /// On whose behalf.
    pub subject_type: SubjectType,
    /// The scopes that may be granted, at most.
    pub scopes: Vec<String>,
}

/// What a client grant shall be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientGrantPatch {
    /// Name or id of the application.
    pub client: String,
    /// Identifier of the API.
    pub audience: String,
    /// On whose behalf.
    pub subject_type: SubjectType,
    /// Absent: they stay.
    pub scopes: Option<Vec<String>>,
}

impl ClientGrantPatch {
    /// Refuses what no client grant may have.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let object = self.words();
        let client = Some(self.client.as_str());
        object.check("client", client, rule::text(rule::ID_LENGTH))?;
        object.check("audience", Some(&self.audience), rule::identifier)?;
        let scopes = self.scopes.iter().flatten();
        object.check_scopes(scopes.map(String::as_str))
    }

    pub(super) fn words(&self) -> Object {
        Object::client_grant(&self.client, &self.audience)
    }

    /// `client_id` is the application of the patch.
    pub(super) fn is_for(&self, client_id: &ClientId, grant: &ClientGrant) -> bool {
        grant.client_id == *client_id
            && grant.audience == self.audience
            && grant.subject_type == self.subject_type
    }

    pub(super) fn new_client_grant(&self, client_id: ClientId) -> ClientGrant {
        ClientGrant {
            client_id,
            audience: self.audience.clone(),
            subject_type: self.subject_type,
            scopes: Vec::new(),
        }
    }

    pub(super) fn apply(self, draft: &mut Draft<ClientGrant>) {
        let Draft {
            object: grant,
            fields,
            ..
        } = draft;
        set_all!(fields, grant, self: scopes);
    }
}
