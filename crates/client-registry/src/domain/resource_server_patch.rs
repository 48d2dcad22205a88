//! Creating and changing APIs.

use doorward_oauth2_types::SigningAlg;
use doorward_oauth2_types::auth0::{TokenDialect, UserAccess};
use doorward_proto::InvalidField;

use super::draft::{Draft, set_all};
use super::{Entity, ResourceServer, ResourceServerId, Scope, rule};

const MAX_NAME: usize = 200;
const MAX_TOKEN_LIFETIME_SECONDS: u32 = 2_592_000;

/// Changes to an API, found by its identifier. Absent fields keep their value or, in a new API, get the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ResourceServerPatch {
    pub id: Option<ResourceServerId>,
    pub identifier: String,
    pub name: Option<String>,
    pub scopes: Option<Vec<Scope>>,
    pub signing_alg: Option<SigningAlg>,
    pub token_lifetime_seconds: Option<u32>,
    pub token_lifetime_for_web_seconds: Option<u32>,
    pub skip_consent_for_verifiable_first_party_clients: Option<bool>,
    pub token_dialect: Option<TokenDialect>,
    pub allow_offline_access: Option<bool>,
    pub enforce_policies: Option<bool>,
    pub user_access: Option<UserAccess>,
}

impl ResourceServerPatch {
    /// Checks the values that need no knowledge of the stored API.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let entity = self.entity();
        let id = self.id.as_ref().map(ResourceServerId::as_str);
        // mutant: lifetime-in-files-unlimited
        let lifetimes = 1..=MAX_TOKEN_LIFETIME_SECONDS;
        entity.check("id", id, rule::text(rule::ID_LENGTH))?;
        entity.check("identifier", Some(&self.identifier), rule::identifier)?;
        entity.check("name", self.name.as_deref(), rule::name(MAX_NAME))?;
        entity.check_range(
            "token_lifetime_seconds",
            self.token_lifetime_seconds,
            lifetimes,
        )?;
        let scopes = self.scopes.iter().flatten();
        entity.check_scopes(scopes.map(|scope| scope.value.as_str()))
    }

    pub(super) fn entity(&self) -> Entity {
        Entity::resource_server(&self.identifier)
    }

    pub(super) fn new_resource_server(&self) -> ResourceServer {
        let id = self.id.clone().unwrap_or_else(ResourceServerId::generate);
        ResourceServer::new(id, self.identifier.clone())
    }

    pub(super) fn apply(self, draft: &mut Draft<ResourceServer>) -> Result<(), InvalidField> {
        let Draft {
            object: server,
            fields,
            ..
        } = draft;
        let entity = self.entity();
        entity.check_unchanged("id", &server.id, self.id.as_ref())?;
        let settings = &mut server.settings;
        let longest = self
            .token_lifetime_seconds
            .unwrap_or(settings.token_lifetime_seconds);
        let for_web = self.token_lifetime_for_web_seconds;
        entity.check_range("token_lifetime_for_web_seconds", for_web, 1..=longest)?;
        // A value from an earlier request is lowered to the new maximum.
        let for_web = for_web.unwrap_or(settings.token_lifetime_for_web_seconds.min(longest));
        fields.set(
            "token_lifetime_for_web_seconds",
            &mut settings.token_lifetime_for_web_seconds,
            Some(for_web),
        );
        fields.set("name", &mut server.name, self.name);
        set_all!(
            fields, settings, self: scopes, signing_alg, token_lifetime_seconds,
            skip_consent_for_verifiable_first_party_clients, token_dialect, allow_offline_access,
            enforce_policies, user_access
        );
        Ok(())
    }
}
