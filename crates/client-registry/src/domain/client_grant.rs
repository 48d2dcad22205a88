//! Client grants: the scopes of an API that an application may ask for.

use doorward_oauth2_types::auth0::SubjectType;
use doorward_proto::InvalidField;

use super::draft::{Draft, set_all};
use super::{ClientId, Entity, rule};

/// The scopes that an application may ask for. At most one for each application, API and subject type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientGrant {
    /// The application.
    pub client_id: ClientId,
    /// Identifier of the API, which may be created later.
    pub audience: String,
    /// On whose behalf.
    pub subject_type: SubjectType,
    /// The scopes that may be granted, at most.
    pub scopes: Vec<String>,
}

/// Changes to a client grant, found by application, API and subject type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientGrantPatch {
    /// Name or id of the application.
    pub client: String,
    /// Identifier of the API.
    pub audience: String,
    /// On whose behalf.
    pub subject_type: SubjectType,
    /// `None`: they stay or, in a new grant, there are none.
    pub scopes: Option<Vec<String>>,
}

impl ClientGrantPatch {
    /// Checks the values that need no knowledge of the stored grant.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let entity = self.entity();
        let client = Some(self.client.as_str());
        entity.check("client", client, rule::text(rule::ID_LENGTH))?;
        entity.check("audience", Some(&self.audience), rule::identifier)?;
        let scopes = self.scopes.iter().flatten();
        entity.check_scopes(scopes.map(String::as_str))
    }

    pub(super) fn entity(&self) -> Entity {
        Entity::client_grant(&self.client, &self.audience)
    }

    /// Whether the patch is for this grant; `client_id` is the application that the patch names.
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
