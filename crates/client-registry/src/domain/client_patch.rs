//! Creating and changing applications.

use std::collections::BTreeMap;

use doorward_oauth2_types::auth0::{
    AppType, OrganizationDiscoveryMethod, OrganizationRequireBehavior, OrganizationUsage,
    ThirdPartySecurityMode,
};
use doorward_oauth2_types::{ClientAuthenticationMethod, GrantType, SigningAlg};
use doorward_proto::InvalidField;

use super::draft::{Change, Draft, change_all, set_all};
use super::{Client, ClientId, ClientSettings, Entity, rule};

const MAX_NAME: usize = 255;
const MAX_WEB_ORIGINS: usize = 100;
const MAX_ID_TOKEN_LIFETIME_SECONDS: u32 = 2_592_000;
const MAX_METADATA: usize = 10;
const MAX_METADATA_TEXT: usize = 255;

/// Changes to an application, found by `client_id`, else by `name`. Absent fields keep their value or, in a new
/// application, get the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ClientPatch {
    pub client_id: Option<ClientId>,
    pub name: String,
    pub app_type: Change<AppType>,
    pub logo_uri: Change<String>,
    pub is_first_party: Option<bool>,
    pub grant_types: Option<Vec<GrantType>>,
    pub callbacks: Option<Vec<String>>,
    pub allowed_logout_urls: Option<Vec<String>>,
    pub web_origins: Option<Vec<String>>,
    pub allowed_origins: Option<Vec<String>>,
    pub initiate_login_uri: Change<String>,
    pub id_token_lifetime_seconds: Option<u32>,
    pub id_token_signing_alg: Option<SigningAlg>,
    pub organization_usage: Option<OrganizationUsage>,
    pub organization_require_behavior: Option<OrganizationRequireBehavior>,
    pub organization_discovery_methods: Option<Vec<OrganizationDiscoveryMethod>>,
    pub sso_disabled: Option<bool>,
    pub token_endpoint_auth_method: Option<ClientAuthenticationMethod>,
    pub skip_non_verifiable_callback_uri_confirmation_prompt: Change<bool>,
    pub third_party_security_mode: Option<ThirdPartySecurityMode>,
    pub client_metadata: Option<BTreeMap<String, String>>,
}

impl ClientPatch {
    /// Checks the values that need no knowledge of the stored application.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let entity = self.entity();
        let id = self.client_id.as_ref().map(ClientId::as_str);
        entity.check("client_id", id, rule::text(rule::ID_LENGTH))?;
        entity.check("name", Some(&self.name), rule::name(MAX_NAME))?;
        let range = 1..=MAX_ID_TOKEN_LIFETIME_SECONDS;
        entity.check_range(
            "id_token_lifetime_seconds",
            self.id_token_lifetime_seconds,
            range,
        )?;
        let grant_types = self.grant_types.iter().flatten();
        for (index, grant_type) in grant_types.enumerate() {
            let field = format!("grant_types[{index}]");
            entity.check(&field, Some(grant_type.as_str()), rule::grant_type)?;
        }
        if self
            .organization_discovery_methods
            .as_ref()
            .is_some_and(Vec::is_empty)
        {
            let problem = "must have one entry or more";
            return Err(entity.invalid("organization_discovery_methods", problem));
        }
        self.validate_metadata(&entity)?;
        self.validate_urls(&entity)
    }

    fn validate_metadata(&self, entity: &Entity) -> Result<(), InvalidField> {
        let Some(metadata) = &self.client_metadata else {
            return Ok(());
        };
        if metadata.len() > MAX_METADATA {
            let problem = format!(
                "has {} entries, but may have {MAX_METADATA}",
                metadata.len()
            );
            return Err(entity.invalid("client_metadata", problem));
        }
        for (key, value) in metadata {
            let field = format!("client_metadata.{key}");
            entity.check(&field, Some(key), rule::text(1..=MAX_METADATA_TEXT))?;
            entity.check(&field, Some(value), rule::text(0..=MAX_METADATA_TEXT))?;
        }
        Ok(())
    }

    fn validate_urls(&self, entity: &Entity) -> Result<(), InvalidField> {
        let logout_urls = self.allowed_logout_urls.as_deref();
        entity.check("logo_uri", self.logo_uri.text(), rule::https_url)?;
        entity.check_each("callbacks", self.callbacks.as_deref(), rule::callback)?;
        entity.check_each("allowed_logout_urls", logout_urls, rule::logout_url)?;
        let web_origins = self.web_origins.as_deref();
        entity.check_count("web_origins", web_origins, MAX_WEB_ORIGINS)?;
        entity.check_each("web_origins", web_origins, rule::web_origin)?;
        entity.check_each(
            "allowed_origins",
            self.allowed_origins.as_deref(),
            rule::allowed_origin,
        )?;
        let login_uri = self.initiate_login_uri.text();
        entity.check("initiate_login_uri", login_uri, rule::initiate_login_uri)
    }

    pub(super) fn entity(&self) -> Entity {
        Entity::client(&self.name)
    }

    /// An id decides alone, since names need not be unique.
    pub(super) fn is_for(&self, client: &Client) -> bool {
        match &self.client_id {
            Some(id) => client.client_id == *id,
            None => client.name == self.name,
        }
    }

    pub(super) fn new_client(&self) -> Client {
        let is_strict = self.third_party_security_mode == Some(ThirdPartySecurityMode::Strict);
        let fresh_id = if is_strict {
            ClientId::generate_strict
        } else {
            ClientId::generate
        };
        let id = self.client_id.clone().unwrap_or_else(fresh_id);
        let method = self.token_endpoint_auth_method.unwrap_or_default();
        let mut settings = ClientSettings::new(method);
        settings.is_first_party = self.is_first_party.unwrap_or(settings.is_first_party);
        Client {
            client_id: id,
            name: self.name.clone(),
            settings,
        }
    }

    pub(super) fn apply(self, draft: &mut Draft<Client>) -> Result<(), InvalidField> {
        let Draft {
            object: client,
            fields,
            ..
        } = draft;
        let settings = &mut client.settings;
        let first_party = self.is_first_party;
        let entity = self.entity();
        entity.check_unchanged(
            "is_first_party",
            &settings.is_first_party,
            first_party.as_ref(),
        )?;
        fields.set("name", &mut client.name, Some(self.name));
        change_all!(
            fields, settings, self: app_type, logo_uri, initiate_login_uri,
            skip_non_verifiable_callback_uri_confirmation_prompt,
        );
        set_all!(
            fields, settings, self: grant_types, callbacks, allowed_logout_urls, web_origins, allowed_origins,
            id_token_lifetime_seconds, id_token_signing_alg, organization_usage, organization_require_behavior,
            organization_discovery_methods, sso_disabled, token_endpoint_auth_method, third_party_security_mode,
            client_metadata,
        );
        check_security_mode(&entity, settings)
    }
}

/// Checks the changed application: the mode and the lists may come from different requests.
fn check_security_mode(entity: &Entity, client: &ClientSettings) -> Result<(), InvalidField> {
    if client.third_party_security_mode != ThirdPartySecurityMode::Strict {
        return Ok(());
    }
    if client.is_first_party {
        let problem = "strict is for third-party applications only";
        return Err(entity.invalid("third_party_security_mode", problem));
    }
    for (field, urls) in [
        ("callbacks", &client.callbacks),
        ("allowed_logout_urls", &client.allowed_logout_urls),
        ("web_origins", &client.web_origins),
        ("allowed_origins", &client.allowed_origins),
    ] {
        entity.check_each(field, Some(urls), rule::no_placeholder)?;
    }
    Ok(())
}
