//! What is answered about what there is.

use doorward_proto::client_registry::v1 as wire;

use crate::domain::{
    Client, ClientGrant, Connection, FoundClient, OrganizationUsage, ResourceParameterProfile,
    ResourceServer, SessionLifetimes, Tenant, ThirdPartySecurityMode, UserAccess,
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
        let usage = match client.organization_usage {
            OrganizationUsage::Deny => wire::OrganizationUsage::Deny,
            OrganizationUsage::Allow => wire::OrganizationUsage::Allow,
            OrganizationUsage::Require => wire::OrganizationUsage::Require,
        };
        let security_mode = match client.third_party_security_mode {
            ThirdPartySecurityMode::Permissive => wire::ThirdPartySecurityMode::Permissive,
            ThirdPartySecurityMode::Strict => wire::ThirdPartySecurityMode::Strict,
        };
        Self {
            client_id: client.client_id.to_string(),
            name: client.name,
            app_type: client.app_type.as_str().to_owned(),
            logo_uri: client.logo_uri,
            is_first_party: client.is_first_party,
            grant_types: client.grant_types,
            callbacks: client.callbacks,
            allowed_logout_urls: client.allowed_logout_urls,
            web_origins: client.web_origins,
            allowed_origins: client.allowed_origins,
            initiate_login_uri: client.initiate_login_uri,
            id_token_lifetime_seconds: client.id_token_lifetime_seconds,
            id_token_signing_alg: client.id_token_signing_alg.as_str().to_owned(),
            organization_usage: usage.into(),
            organization_require_behavior: client.organization_require_behavior.as_str().to_owned(),
            sso_disabled: client.sso_disabled,
            skip_non_verifiable_callback_uri_confirmation_prompt: client
                .skip_non_verifiable_callback_uri_confirmation_prompt,
            third_party_security_mode: security_mode.into(),
        }
    }
}

impl From<ResourceServer> for wire::ResourceServer {
    fn from(server: ResourceServer) -> Self {
        let scopes = server
            .scopes
            .into_iter()
            .map(|scope| wire::ResourceServerScope {
                value: scope.value,
                description: scope.description,
            });
        let user_access = match server.user_access {
            UserAccess::AllowAll => wire::UserAccess::AllowAll,
            UserAccess::RequireClientGrant => wire::UserAccess::RequireClientGrant,
            UserAccess::DenyAll => wire::UserAccess::DenyAll,
        };
        Self {
            id: server.id.to_string(),
            identifier: server.identifier,
            name: server.name,
            scopes: scopes.collect(),
            signing_alg: server.signing_alg.as_str().to_owned(),
            token_lifetime_seconds: server.token_lifetime_seconds,
            token_lifetime_for_web_seconds: server.token_lifetime_for_web_seconds,
            skip_consent_for_verifiable_first_party_clients: server
                .skip_consent_for_verifiable_first_party_clients,
            token_dialect: server.token_dialect.as_str().to_owned(),
            allow_offline_access: server.allow_offline_access,
            enforce_policies: server.enforce_policies,
            user_access: user_access.into(),
        }
    }
}

impl From<Connection> for wire::Connection {
    fn from(connection: Connection) -> Self {
        Self {
            id: connection.id.to_string(),
            name: connection.name,
            strategy: connection.strategy.as_str().to_owned(),
            disable_signup: connection.disable_signup,
            min_password_length: connection.min_password_length,
        }
    }
}
