//! Bringing an application to a wanted state.

use doorward_proto::InvalidField;

use super::draft::{Draft, set_all};
use super::{
    AppType, Client, ClientId, Object, OrganizationRequireBehavior, OrganizationUsage, SigningAlg,
    ThirdPartySecurityMode, TokenEndpointAuthMethod, rule,
};

const MAX_NAME: usize = 255;
const MAX_WEB_ORIGINS: usize = 100;
const MAX_ID_TOKEN_LIFETIME_SECONDS: u32 = 2_592_000;

/// What an application shall be; absent fields stay, or get the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(
    missing_docs,
    reason = "documented in client_registry.proto, field by field"
)]
pub struct ClientPatch {
    pub client_id: Option<ClientId>,
    pub name: String,
    pub app_type: Option<AppType>,
    pub logo_uri: Option<String>,
    pub is_first_party: Option<bool>,
    pub grant_types: Option<Vec<String>>,
    pub callbacks: Option<Vec<String>>,
    pub allowed_logout_urls: Option<Vec<String>>,
    pub web_origins: Option<Vec<String>>,
    pub allowed_origins: Option<Vec<String>>,
    pub initiate_login_uri: Option<String>,
    pub id_token_lifetime_seconds: Option<u32>,
    pub id_token_signing_alg: Option<SigningAlg>,
    pub organization_usage: Option<OrganizationUsage>,
    pub organization_require_behavior: Option<OrganizationRequireBehavior>,
    pub sso_disabled: Option<bool>,
    pub token_endpoint_auth_method: Option<TokenEndpointAuthMethod>,
    pub skip_non_verifiable_callback_uri_confirmation_prompt: Option<bool>,
    pub third_party_security_mode: Option<ThirdPartySecurityMode>,
}

impl ClientPatch {
    /// Refuses what no application may have.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let object = self.words();
        let id = self.client_id.as_ref().map(ClientId::as_str);
        object.check("client_id", id, rule::text(rule::ID_LENGTH))?;
        object.check("name", Some(&self.name), rule::name(MAX_NAME))?;
        let range = 1..=MAX_ID_TOKEN_LIFETIME_SECONDS;
        object.check_range(
            "id_token_lifetime_seconds",
            self.id_token_lifetime_seconds,
            range,
        )?;
        object.check_each("grant_types", self.grant_types.as_deref(), rule::grant_type)?;
        self.validate_urls(&object)
    }

    fn validate_urls(&self, object: &Object) -> Result<(), InvalidField> {
        let logout_urls = self.allowed_logout_urls.as_deref();
        let login_uri = self.initiate_login_uri.as_deref();
        object.check(
            "logo_uri",
            self.logo_uri.as_deref(),
            rule::or_empty(rule::https_url),
        )?;
        object.check_each("callbacks", self.callbacks.as_deref(), rule::callback)?;
        object.check_each("allowed_logout_urls", logout_urls, rule::logout_url)?;
        let web_origins = self.web_origins.as_deref();
        object.check_count("web_origins", web_origins, MAX_WEB_ORIGINS)?;
        object.check_each("web_origins", web_origins, rule::web_origin)?;
        object.check_each(
            "allowed_origins",
            self.allowed_origins.as_deref(),
            rule::allowed_origin,
        )?;
        object.check(
            "initiate_login_uri",
            login_uri,
            rule::or_empty(rule::initiate_login_uri),
        )
    }

    pub(super) fn words(&self) -> Object {
        Object::client(&self.name)
    }

    /// Names need not be unique, so an id is believed alone.
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
        let mut client = Client::new(id, self.name.clone(), method);
        client.is_first_party = self.is_first_party.unwrap_or(client.is_first_party);
        client
    }

    pub(super) fn apply(self, draft: &mut Draft<Client>) -> Result<(), InvalidField> {
        let Draft {
            object: client,
            fields,
            ..
        } = draft;
        let first_party = self.is_first_party;
        let object = self.words();
        object.check_unchanged(
            "is_first_party",
            &client.is_first_party,
            first_party.as_ref(),
        )?;
        fields.set("name", &mut client.name, Some(self.name));
        fields.set(
            "skip_non_verifiable_callback_uri_confirmation_prompt",
            &mut client.skip_non_verifiable_callback_uri_confirmation_prompt,
            self.skip_non_verifiable_callback_uri_confirmation_prompt
                .map(Some),
        );
        set_all!(
            fields, client, self: app_type, logo_uri, grant_types, callbacks, allowed_logout_urls, web_origins,
            allowed_origins, initiate_login_uri, id_token_lifetime_seconds, id_token_signing_alg,
            organization_usage, organization_require_behavior, sso_disabled, token_endpoint_auth_method,
            third_party_security_mode
        );
        check_security_mode(&object, client)
    }
}

/// Looks at the application as it shall be: the mode and the lists may come from different requests.
fn check_security_mode(object: &Object, client: &Client) -> Result<(), InvalidField> {
    if client.third_party_security_mode != ThirdPartySecurityMode::Strict {
        return Ok(());
    }
    if client.is_first_party {
        let problem = "strict is for third-party applications only";
        return Err(object.invalid("third_party_security_mode", problem));
    }
    for (field, urls) in [
        ("callbacks", &client.callbacks),
        ("allowed_logout_urls", &client.allowed_logout_urls),
        ("web_origins", &client.web_origins),
        ("allowed_origins", &client.allowed_origins),
    ] {
        object.check_each(field, Some(urls), rule::no_placeholder)?;
    }
    Ok(())
}
