//! Writes stored objects as messages.

use doorward_oauth2_types::GrantType;
use doorward_oauth2_types::auth0::ResourceParameterProfile;
use doorward_proto::WireEnum;
use doorward_proto::client_registry::v1 as wire;
use doorward_proto::client_registry::v1::custom_claim::Value;

use crate::domain::{
    AttackProtection, BruteForceProtection, Client, ClientGrant, Connection, CustomClaim,
    CustomClaimValue, FoundClient, ResourceServer, Scope, SessionLifetimes, SuspiciousIpThrottling,
    Tenant,
};

impl From<Tenant> for wire::Tenant {
    fn from(tenant: Tenant) -> Self {
        Self {
            friendly_name: tenant.friendly_name,
            picture_url: tenant.picture_url,
            support_email: tenant.support_email,
            support_url: tenant.support_url,
            default_audience: tenant.default_audience,
            default_directory: tenant.default_directory,
            default_redirection_uri: tenant.default_redirection_uri,
            allowed_logout_urls: tenant.allowed_logout_urls,
            session_lifetimes: Some(tenant.session_lifetimes.into()),
            enable_client_connections: tenant.enable_client_connections,
            authorization_response_iss_parameter_supported: tenant
                .authorization_response_iss_parameter_supported,
            skip_non_verifiable_callback_uri_confirmation_prompt: tenant
                .skip_non_verifiable_callback_uri_confirmation_prompt,
            use_scope_descriptions_for_consent: tenant.use_scope_descriptions_for_consent,
            enabled_locales: tenant.enabled_locales,
            resource_parameter_accepted: tenant.resource_parameter_profile
                == ResourceParameterProfile::Compatibility,
            require_openid_scope: tenant.require_openid_scope,
            rp_logout_end_session_endpoint_discovery: tenant
                .rp_logout_end_session_endpoint_discovery,
            oidc_logout_prompt_enabled: tenant.oidc_logout_prompt_enabled,
            allow_organization_name_in_authentication_api: tenant
                .allow_organization_name_in_authentication_api,
            include_tenant_roles_in_organizations: tenant.include_tenant_roles_in_organizations,
            consume_invitation_on_mismatch: tenant.consume_invitation_on_mismatch,
            numeric_updated_at: tenant.numeric_updated_at,
            custom_claims: tenant.custom_claims.into_iter().map(Into::into).collect(),
            post_login_hook_may_fail: tenant.post_login_hook_may_fail,
            attack_protection: Some(tenant.attack_protection.into()),
        }
    }
}

impl From<AttackProtection> for wire::AttackProtection {
    fn from(protection: AttackProtection) -> Self {
        Self {
            brute_force_protection: Some(protection.brute_force_protection.into()),
            suspicious_ip_throttling: Some(protection.suspicious_ip_throttling.into()),
        }
    }
}

impl From<BruteForceProtection> for wire::BruteForceProtection {
    fn from(protection: BruteForceProtection) -> Self {
        Self {
            enabled: protection.enabled,
            blocks: protection.blocks(),
            per_identifier: protection.per_identifier(),
            max_attempts: protection.max_attempts,
            allowlist: protection.allowlist,
        }
    }
}

impl From<SuspiciousIpThrottling> for wire::SuspiciousIpThrottling {
    fn from(throttling: SuspiciousIpThrottling) -> Self {
        Self {
            enabled: throttling.enabled,
            blocks: throttling.blocks(),
            allowlist: throttling.allowlist,
            pre_login: Some(wire::AttemptRate {
                max_attempts: throttling.pre_login_max_attempts,
                rate_ms: throttling.pre_login_rate_ms,
            }),
            pre_user_registration: Some(wire::AttemptRate {
                max_attempts: throttling.pre_user_registration_max_attempts,
                rate_ms: throttling.pre_user_registration_rate_ms,
            }),
        }
    }
}

impl From<CustomClaim> for wire::CustomClaim {
    fn from(claim: CustomClaim) -> Self {
        Self {
            name: claim.name,
            value: Some(match claim.value {
                CustomClaimValue::Source(source) => Value::Source(source),
                CustomClaimValue::Constant(value) => Value::ConstantJson(value.to_string()),
            }),
            id_token: claim.id_token,
            access_token: claim.access_token,
            clients: claim.clients,
            audiences: claim.audiences,
        }
    }
}

impl From<SessionLifetimes> for wire::SessionLifetimes {
    fn from(lifetimes: SessionLifetimes) -> Self {
        Self {
            absolute_minutes: lifetimes.absolute_minutes,
            idle_minutes: lifetimes.idle_minutes,
            ephemeral_absolute_minutes: lifetimes.ephemeral_absolute_minutes,
            ephemeral_idle_minutes: lifetimes.ephemeral_idle_minutes,
            persistent: lifetimes.persistent,
        }
    }
}

impl From<FoundClient> for wire::FindClientResponse {
    fn from(found: FoundClient) -> Self {
        Self {
            client: Some(found.client.into()),
            connections: found.connections.into_iter().map(Into::into).collect(),
            client_grants: found.client_grants.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<ClientGrant> for wire::ClientGrant {
    fn from(grant: ClientGrant) -> Self {
        Self {
            audience: grant.audience,
            scopes: grant.scopes,
        }
    }
}

impl From<Client> for wire::Client {
    fn from(client: Client) -> Self {
        let settings = client.settings;
        Self {
            client_id: client.client_id.to_string(),
            name: client.name,
            app_type: settings.app_type.map_or(0, WireEnum::to_wire),
            logo_uri: settings.logo_uri,
            is_first_party: settings.is_first_party,
            grant_types: settings
                .grant_types
                .iter()
                .map(GrantType::to_string)
                .collect(),
            callbacks: settings.callbacks,
            allowed_logout_urls: settings.allowed_logout_urls,
            web_origins: settings.web_origins,
            allowed_origins: settings.allowed_origins,
            initiate_login_uri: settings.initiate_login_uri,
            id_token_lifetime_seconds: settings.id_token_lifetime_seconds,
            id_token_signing_alg: settings.id_token_signing_alg.to_wire(),
            organization_usage: settings.organization_usage.to_wire(),
            organization_require_behavior: settings.organization_require_behavior.to_wire(),
            sso_disabled: settings.sso_disabled,
            skip_non_verifiable_callback_uri_confirmation_prompt: settings
                .skip_non_verifiable_callback_uri_confirmation_prompt,
            third_party_security_mode: settings.third_party_security_mode.to_wire(),
            organization_discovery_methods: settings
                .organization_discovery_methods
                .into_iter()
                .map(WireEnum::to_wire)
                .collect(),
            client_metadata: settings.client_metadata.into_iter().collect(),
        }
    }
}

impl From<ResourceServer> for wire::ResourceServer {
    fn from(server: ResourceServer) -> Self {
        let settings = server.settings;
        Self {
            id: server.id.to_string(),
            identifier: server.identifier,
            name: server.name,
            scopes: settings.scopes.into_iter().map(Into::into).collect(),
            signing_alg: settings.signing_alg.to_wire(),
            token_lifetime_seconds: settings.token_lifetime_seconds,
            token_lifetime_for_web_seconds: settings.token_lifetime_for_web_seconds,
            skip_consent_for_verifiable_first_party_clients: settings
                .skip_consent_for_verifiable_first_party_clients,
            token_dialect: settings.token_dialect.to_wire(),
            allow_offline_access: settings.allow_offline_access,
            enforce_policies: settings.enforce_policies,
            user_access: settings.user_access.to_wire(),
        }
    }
}

impl From<Scope> for wire::ResourceServerScope {
    fn from(scope: Scope) -> Self {
        Self {
            value: scope.value,
            description: scope.description,
        }
    }
}

impl From<Connection> for wire::Connection {
    fn from(connection: Connection) -> Self {
        Self {
            id: connection.id.to_string(),
            name: connection.name,
            strategy: connection.settings.strategy.to_wire(),
            disable_signup: connection.settings.disable_signup,
            min_password_length: connection.settings.min_password_length,
        }
    }
}
