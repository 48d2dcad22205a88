//! What a request wants, checked as far as that goes without knowing what there is.

use doorward_proto::InvalidField;
use doorward_proto::client_registry::v1 as wire;

use crate::domain::{
    ClientGrantPatch, ClientPatch, ConnectionPatch, Object, OrganizationUsage, ResourceServerPatch,
    Scope, TenantPatch, ThirdPartySecurityMode, UserAccess, Wanted,
};

pub(crate) fn wanted(request: wire::ApplyTenantRequest) -> Result<Wanted, InvalidField> {
    Ok(Wanted {
        tenant: request.tenant.map(tenant).transpose()?,
        clients: request
            .clients
            .into_iter()
            .map(client)
            .collect::<Result<_, _>>()?,
        resource_servers: request
            .resource_servers
            .into_iter()
            .map(resource_server)
            .collect::<Result<_, _>>()?,
        client_grants: request
            .client_grants
            .into_iter()
            .map(client_grant)
            .collect::<Result<_, _>>()?,
        connections: request
            .connections
            .into_iter()
            .map(connection)
            .collect::<Result<_, _>>()?,
    })
}

fn tenant(patch: wire::TenantPatch) -> Result<TenantPatch, InvalidField> {
    let object = Object::tenant();
    let patch = TenantPatch {
        friendly_name: patch.friendly_name,
        picture_url: patch.picture_url,
        support_email: patch.support_email,
        support_url: patch.support_url,
        default_audience: patch.default_audience,
        default_directory: patch.default_directory,
        default_redirection_uri: patch.default_redirection_uri,
        allowed_logout_urls: list(patch.allowed_logout_urls),
        session_lifetime_minutes: patch.session_lifetime_minutes,
        idle_session_lifetime_minutes: patch.idle_session_lifetime_minutes,
        ephemeral_session_lifetime_minutes: patch.ephemeral_session_lifetime_minutes,
        idle_ephemeral_session_lifetime_minutes: patch.idle_ephemeral_session_lifetime_minutes,
        persistent_session_cookie: patch.persistent_session_cookie,
        enable_client_connections: patch.enable_client_connections,
        authorization_response_iss_parameter_supported: patch
            .authorization_response_iss_parameter_supported,
        skip_non_verifiable_callback_uri_confirmation_prompt: patch
            .skip_non_verifiable_callback_uri_confirmation_prompt,
        use_scope_descriptions_for_consent: patch.use_scope_descriptions_for_consent,
        enabled_locales: list(patch.enabled_locales),
        resource_parameter_profile: object.word(
            "resource_parameter_profile",
            patch.resource_parameter_profile,
        )?,
        require_openid_scope: patch.require_openid_scope,
        rp_logout_end_session_endpoint_discovery: patch.rp_logout_end_session_endpoint_discovery,
        oidc_logout_prompt_enabled: patch.oidc_logout_prompt_enabled,
    };
    patch.validate()?;
    Ok(patch)
}

fn client(patch: wire::ClientPatch) -> Result<ClientPatch, InvalidField> {
    let object = Object::client(&patch.name);
    let patch = ClientPatch {
        client_id: patch.client_id.map(Into::into),
        app_type: object.word("app_type", patch.app_type)?,
        logo_uri: patch.logo_uri,
        is_first_party: patch.is_first_party,
        grant_types: list(patch.grant_types),
        callbacks: list(patch.callbacks),
        allowed_logout_urls: list(patch.allowed_logout_urls),
        web_origins: list(patch.web_origins),
        allowed_origins: list(patch.allowed_origins),
        initiate_login_uri: patch.initiate_login_uri,
        id_token_lifetime_seconds: patch.id_token_lifetime_seconds,
        id_token_signing_alg: object.word("id_token_signing_alg", patch.id_token_signing_alg)?,
        organization_usage: organization_usage(&object, patch.organization_usage)?,
        organization_require_behavior: object.word(
            "organization_require_behavior",
            patch.organization_require_behavior,
        )?,
        sso_disabled: patch.sso_disabled,
        token_endpoint_auth_method: object.word(
            "token_endpoint_auth_method",
            patch.token_endpoint_auth_method,
        )?,
        skip_non_verifiable_callback_uri_confirmation_prompt: patch
            .skip_non_verifiable_callback_uri_confirmation_prompt,
        third_party_security_mode: security_mode(&object, patch.third_party_security_mode)?,
        name: patch.name,
    };
    patch.validate()?;
    Ok(patch)
}

fn security_mode(
    object: &Object,
    mode: Option<i32>,
) -> Result<Option<ThirdPartySecurityMode>, InvalidField> {
    let known = |number| match wire::ThirdPartySecurityMode::try_from(number) {
        Ok(wire::ThirdPartySecurityMode::Permissive) => Ok(ThirdPartySecurityMode::Permissive),
        Ok(wire::ThirdPartySecurityMode::Strict) => Ok(ThirdPartySecurityMode::Strict),
        Ok(wire::ThirdPartySecurityMode::Unspecified) | Err(_) => {
            let problem = format!("{number} is not supported; it may be permissive, strict");
            Err(object.invalid("third_party_security_mode", problem))
        }
    };
    mode.map(known).transpose()
}

fn organization_usage(
    object: &Object,
    usage: Option<i32>,
) -> Result<Option<OrganizationUsage>, InvalidField> {
    let known = |number| match wire::OrganizationUsage::try_from(number) {
        Ok(wire::OrganizationUsage::Deny) => Ok(OrganizationUsage::Deny),
        Ok(wire::OrganizationUsage::Allow) => Ok(OrganizationUsage::Allow),
        Ok(wire::OrganizationUsage::Require) => Ok(OrganizationUsage::Require),
        Ok(wire::OrganizationUsage::Unspecified) | Err(_) => {
            let problem = format!("{number} is not supported; it may be deny, allow, require");
            Err(object.invalid("organization_usage", problem))
        }
    };
    usage.map(known).transpose()
}

fn resource_server(patch: wire::ResourceServerPatch) -> Result<ResourceServerPatch, InvalidField> {
    let object = Object::resource_server(&patch.identifier);
    let scopes = patch
        .replace_scopes
        .then(|| patch.scopes.into_iter().map(Into::into).collect());
    let patch = ResourceServerPatch {
        id: patch.id.map(Into::into),
        identifier: patch.identifier,
        name: patch.name,
        scopes,
        signing_alg: object.word("signing_alg", patch.signing_alg)?,
        token_lifetime_seconds: patch.token_lifetime_seconds,
        token_lifetime_for_web_seconds: patch.token_lifetime_for_web_seconds,
        skip_consent_for_verifiable_first_party_clients: patch
            .skip_consent_for_verifiable_first_party_clients,
        token_dialect: object.word("token_dialect", patch.token_dialect)?,
        allow_offline_access: patch.allow_offline_access,
        enforce_policies: patch.enforce_policies,
        user_access: user_access(&object, patch.user_access)?,
    };
    patch.validate()?;
    Ok(patch)
}

fn user_access(object: &Object, access: Option<i32>) -> Result<Option<UserAccess>, InvalidField> {
    let known = |number| match wire::UserAccess::try_from(number) {
        Ok(wire::UserAccess::AllowAll) => Ok(UserAccess::AllowAll),
        Ok(wire::UserAccess::RequireClientGrant) => Ok(UserAccess::RequireClientGrant),
        Ok(wire::UserAccess::DenyAll) => Ok(UserAccess::DenyAll),
        Ok(wire::UserAccess::Unspecified) | Err(_) => {
            let problem = format!(
                "{number} is not supported; it may be allow_all, require_client_grant, deny_all"
            );
            Err(object.invalid("user_access", problem))
        }
    };
    access.map(known).transpose()
}

impl From<wire::ResourceServerScope> for Scope {
    fn from(scope: wire::ResourceServerScope) -> Self {
        Self {
            value: scope.value,
            description: scope.description,
        }
    }
}

fn client_grant(patch: wire::ClientGrantPatch) -> Result<ClientGrantPatch, InvalidField> {
    let object = Object::client_grant(&patch.client, &patch.audience);
    let patch = ClientGrantPatch {
        subject_type: object
            .word("subject_type", patch.subject_type)?
            .unwrap_or_default(),
        scopes: list(patch.scopes),
        client: patch.client,
        audience: patch.audience,
    };
    patch.validate()?;
    Ok(patch)
}

fn connection(patch: wire::ConnectionPatch) -> Result<ConnectionPatch, InvalidField> {
    let object = Object::connection(&patch.name);
    let patch = ConnectionPatch {
        id: patch.id.map(Into::into),
        name: patch.name,
        strategy: object.word("strategy", patch.strategy)?,
        disable_signup: patch.disable_signup,
        min_password_length: patch.min_password_length,
        enabled_clients: list(patch.enabled_clients),
    };
    patch.validate()?;
    Ok(patch)
}

fn list(list: Option<wire::StringList>) -> Option<Vec<String>> {
    list.map(|list| list.values)
}
