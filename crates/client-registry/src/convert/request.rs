//! Reads a request, and checks what needs no knowledge of the stored content.

use doorward_oauth2_types::GrantType;
use doorward_oauth2_types::auth0::{AppType, OrganizationDiscoveryMethod};
use doorward_proto::InvalidField;
use doorward_proto::client_registry::v1 as wire;

use crate::domain::{
    BruteForceProtectionPatch, Change, ClientGrantPatch, ClientPatch, ConnectionPatch, CustomClaim,
    CustomClaimValue, Desired, Entity, ResourceServerPatch, Scope, SuspiciousIpThrottlingPatch,
    TenantPatch,
};

pub(crate) fn desired(request: wire::ApplyTenantRequest) -> Result<Desired, InvalidField> {
    Ok(Desired {
        leave_out_unknown_clients: request.leave_out_unknown_clients,
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

pub(crate) fn tenant(patch: wire::TenantPatch) -> Result<TenantPatch, InvalidField> {
    let entity = Entity::tenant();
    let patch = TenantPatch {
        friendly_name: Change::from_text(patch.friendly_name),
        picture_url: Change::from_text(patch.picture_url),
        support_email: Change::from_text(patch.support_email),
        support_url: Change::from_text(patch.support_url),
        default_audience: Change::from_text(patch.default_audience),
        default_directory: Change::from_text(patch.default_directory),
        default_redirection_uri: Change::from_text(patch.default_redirection_uri),
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
        resource_parameter_profile: entity.read_enum(
            "resource_parameter_profile",
            patch.resource_parameter_profile,
        )?,
        require_openid_scope: patch.require_openid_scope,
        rp_logout_end_session_endpoint_discovery: patch.rp_logout_end_session_endpoint_discovery,
        oidc_logout_prompt_enabled: patch.oidc_logout_prompt_enabled,
        allow_organization_name_in_authentication_api: patch
            .allow_organization_name_in_authentication_api,
        include_tenant_roles_in_organizations: patch.include_tenant_roles_in_organizations,
        consume_invitation_on_mismatch: patch.consume_invitation_on_mismatch,
        numeric_updated_at: patch.numeric_updated_at,
        custom_claims: patch.custom_claims.map(custom_claims).transpose()?,
        post_login_hook_may_fail: patch.post_login_hook_may_fail,
        brute_force_protection: patch.brute_force_protection.unwrap_or_default().into(),
        suspicious_ip_throttling: patch.suspicious_ip_throttling.unwrap_or_default().into(),
    };
    patch.validate()?;
    Ok(patch)
}

impl From<wire::BruteForceProtectionPatch> for BruteForceProtectionPatch {
    fn from(patch: wire::BruteForceProtectionPatch) -> Self {
        Self {
            enabled: patch.enabled,
            shields: list(patch.shields),
            allowlist: list(patch.allowlist),
            mode: patch.mode,
            max_attempts: patch.max_attempts,
        }
    }
}

impl From<wire::SuspiciousIpThrottlingPatch> for SuspiciousIpThrottlingPatch {
    fn from(patch: wire::SuspiciousIpThrottlingPatch) -> Self {
        Self {
            enabled: patch.enabled,
            shields: list(patch.shields),
            allowlist: list(patch.allowlist),
            pre_login_max_attempts: patch.pre_login_max_attempts,
            pre_login_rate_ms: patch.pre_login_rate_ms,
            pre_user_registration_max_attempts: patch.pre_user_registration_max_attempts,
            pre_user_registration_rate_ms: patch.pre_user_registration_rate_ms,
        }
    }
}

fn custom_claims(claims: wire::CustomClaims) -> Result<Vec<CustomClaim>, InvalidField> {
    let claims = claims.values.into_iter().enumerate();
    claims
        .map(|(index, claim)| {
            let value = custom_claim_value(index, claim.value)?;
            Ok(CustomClaim {
                name: claim.name,
                value,
                id_token: claim.id_token,
                access_token: claim.access_token,
                clients: claim.clients,
                audiences: claim.audiences,
            })
        })
        .collect()
}

fn custom_claim_value(
    index: usize,
    value: Option<wire::custom_claim::Value>,
) -> Result<CustomClaimValue, InvalidField> {
    let invalid = |field: &str, problem: &str| {
        Entity::tenant().invalid(format!("custom_claims[{index}].{field}"), problem)
    };
    match value {
        Some(wire::custom_claim::Value::Source(source)) => Ok(CustomClaimValue::Source(source)),
        Some(wire::custom_claim::Value::ConstantJson(json)) => serde_json::from_str(&json)
            .map(CustomClaimValue::Constant)
            .map_err(|_| invalid("constant_json", "is not JSON")),
        None => Err(invalid("source", "is missing, and there is no constant")),
    }
}

pub(crate) fn client(patch: wire::ClientPatch) -> Result<ClientPatch, InvalidField> {
    let entity = Entity::client(&patch.name);
    let patch = ClientPatch {
        client_id: patch.client_id.map(Into::into),
        app_type: app_type(&entity, patch.app_type)?,
        logo_uri: Change::from_text(patch.logo_uri),
        is_first_party: patch.is_first_party,
        grant_types: grant_types(patch.grant_types),
        callbacks: list(patch.callbacks),
        allowed_logout_urls: list(patch.allowed_logout_urls),
        web_origins: list(patch.web_origins),
        allowed_origins: list(patch.allowed_origins),
        initiate_login_uri: Change::from_text(patch.initiate_login_uri),
        id_token_lifetime_seconds: patch.id_token_lifetime_seconds,
        id_token_signing_alg: entity
            .read_enum("id_token_signing_alg", patch.id_token_signing_alg)?,
        organization_usage: entity.read_enum("organization_usage", patch.organization_usage)?,
        organization_require_behavior: entity.read_enum(
            "organization_require_behavior",
            patch.organization_require_behavior,
        )?,
        organization_discovery_methods: discovery_methods(
            &entity,
            patch.organization_discovery_methods,
        )?,
        sso_disabled: patch.sso_disabled,
        token_endpoint_auth_method: entity.read_enum(
            "token_endpoint_auth_method",
            patch.token_endpoint_auth_method,
        )?,
        skip_non_verifiable_callback_uri_confirmation_prompt: patch
            .skip_non_verifiable_callback_uri_confirmation_prompt
            .into(),
        third_party_security_mode: entity
            .read_enum("third_party_security_mode", patch.third_party_security_mode)?,
        client_metadata: patch
            .client_metadata
            .map(|metadata| metadata.pairs.into_iter().collect()),
        name: patch.name,
    };
    patch.validate()?;
    Ok(patch)
}

/// Unspecified removes the setting.
fn app_type(entity: &Entity, number: Option<i32>) -> Result<Change<AppType>, InvalidField> {
    if number == Some(wire::AppType::Unspecified.into()) {
        return Ok(Change::Remove);
    }
    Ok(entity.read_enum("app_type", number)?.into())
}

fn discovery_methods(
    entity: &Entity,
    methods: Option<wire::OrganizationDiscoveryMethods>,
) -> Result<Option<Vec<OrganizationDiscoveryMethod>>, InvalidField> {
    let Some(methods) = methods else {
        return Ok(None);
    };
    let methods = methods.values.into_iter().enumerate();
    let methods = methods.filter_map(|(index, method)| {
        let field = format!("organization_discovery_methods[{index}]");
        entity.read_enum(&field, Some(method)).transpose()
    });
    methods.collect::<Result<_, _>>().map(Some)
}

fn grant_types(names: Option<wire::StringList>) -> Option<Vec<GrantType>> {
    let names = list(names)?;
    Some(names.iter().map(|name| name.as_str().into()).collect())
}

pub(crate) fn resource_server(
    patch: wire::ResourceServerPatch,
) -> Result<ResourceServerPatch, InvalidField> {
    let entity = Entity::resource_server(&patch.identifier);
    let scopes = patch
        .replace_scopes
        .then(|| patch.scopes.into_iter().map(Into::into).collect());
    let patch = ResourceServerPatch {
        id: patch.id.map(Into::into),
        identifier: patch.identifier,
        name: patch.name,
        scopes,
        signing_alg: entity.read_enum("signing_alg", patch.signing_alg)?,
        token_lifetime_seconds: patch.token_lifetime_seconds,
        token_lifetime_for_web_seconds: patch.token_lifetime_for_web_seconds,
        skip_consent_for_verifiable_first_party_clients: patch
            .skip_consent_for_verifiable_first_party_clients,
        token_dialect: entity.read_enum("token_dialect", patch.token_dialect)?,
        allow_offline_access: patch.allow_offline_access,
        enforce_policies: patch.enforce_policies,
        user_access: entity.read_enum("user_access", patch.user_access)?,
    };
    patch.validate()?;
    Ok(patch)
}

impl From<wire::ResourceServerScope> for Scope {
    fn from(scope: wire::ResourceServerScope) -> Self {
        Self {
            value: scope.value,
            description: scope.description.filter(|text| !text.is_empty()),
        }
    }
}

pub(crate) fn client_grant(
    patch: wire::ClientGrantPatch,
) -> Result<ClientGrantPatch, InvalidField> {
    let entity = Entity::client_grant(&patch.client, &patch.audience);
    let patch = ClientGrantPatch {
        subject_type: entity
            .read_enum("subject_type", patch.subject_type)?
            .unwrap_or_default(),
        scopes: list(patch.scopes),
        client: patch.client,
        audience: patch.audience,
    };
    patch.validate()?;
    Ok(patch)
}

pub(crate) fn connection(patch: wire::ConnectionPatch) -> Result<ConnectionPatch, InvalidField> {
    let entity = Entity::connection(&patch.name);
    let patch = ConnectionPatch {
        id: patch.id.map(Into::into),
        name: patch.name,
        strategy: entity.read_enum("strategy", patch.strategy)?,
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
