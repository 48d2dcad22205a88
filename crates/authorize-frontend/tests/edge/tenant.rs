//! The tenant of the tests.

use doorward_authorize_frontend::Channels;
use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{
    AppType, ApplyTenantRequest, ClientGrantPatch, ClientPatch, ConnectionPatch, OrganizationUsage,
    ResourceServerPatch, ResourceServerScope, StringList, SubjectType, TenantPatch,
    ThirdPartySecurityMode, TokenDialect, UserAccess,
};
use doorward_proto::common::v1::UserClaims;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::{CreateUserRequest, ImportUsersRequest, ImportedUser};
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    AddMembersRequest, ApplyOrganizationsRequest, OrganizationConnection, OrganizationConnections,
    OrganizationPatch,
};
use url::form_urlencoded;

pub(crate) const CALLBACK: &str = "https://app.example.test/cb";
pub(crate) const API: &str = "https://api.example.test/";
pub(crate) const CONSENT_API: &str = "https://api2.example.test/";
/// An API that requires a client grant.
pub(crate) const GRANT_API: &str = "https://grants.example.test/";
/// An API that requires permissions of the user.
pub(crate) const ROLE_API: &str = "https://roles.example.test/";
pub(crate) const ALICE: &str = "alice@example.test";
pub(crate) const BOB: &str = "bob@example.test";
/// The password of all users.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// The organization; Alice is a member, Bob is not.
pub(crate) const ACME: &str = "org_acme000000000001";

/// The path of a valid request with `changes`; an empty value removes the parameter.
pub(crate) fn authorize(changes: &[(&str, &str)]) -> String {
    let good = [
        ("client_id", "spa"),
        ("redirect_uri", CALLBACK),
        ("response_type", "id_token token"),
        ("scope", "openid"),
        ("state", "a+b &#/é"),
        ("nonce", "n0nce"),
    ];
    let is_replaced = |name: &str| changes.iter().any(|(other, _)| *other == name);
    let kept = good.into_iter().filter(|(name, _)| !is_replaced(name));
    let sent = kept.chain(changes.iter().copied());
    let sent = sent.filter(|(_, value)| !value.is_empty());
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(sent)
        .finish();
    format!("/authorize?{query}")
}

pub(crate) async fn set_up(channels: &Channels) {
    let registry = ClientRegistryServiceClient::new(channels.client_registry.clone());
    registry.clone().apply_tenant(tenant()).await.unwrap();
    let mut identity = IdentityServiceClient::new(channels.identity.clone());
    let mut user_ids = Vec::new();
    for email in [ALICE, BOB] {
        let created = identity.create_user(CreateUserRequest {
            connection: "users".to_owned(),
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            ..CreateUserRequest::default()
        });
        user_ids.push(created.await.unwrap().into_inner().user.unwrap().user_id);
    }
    let mut organization = OrganizationServiceClient::new(channels.organization.clone());
    let acme = OrganizationPatch {
        id: Some(ACME.to_owned()),
        name: "acme".to_owned(),
        display_name: Some("Acme Company".to_owned()),
        connections: Some(OrganizationConnections {
            connections: vec![OrganizationConnection {
                name: "users".to_owned(),
                is_enabled: true,
                show_as_button: true,
                ..OrganizationConnection::default()
            }],
        }),
        third_party_clients_allowed: Some(true),
        ..OrganizationPatch::default()
    };
    let organizations = ApplyOrganizationsRequest {
        organizations: vec![acme],
        ..ApplyOrganizationsRequest::default()
    };
    organization
        .apply_organizations(organizations)
        .await
        .unwrap();
    let member = AddMembersRequest {
        organization_id: ACME.to_owned(),
        user_ids: vec![user_ids.swap_remove(0)],
    };
    organization.add_members(member).await.unwrap();
}

/// Changes the tenant. Restart a frontend that has read it before.
pub(crate) async fn apply(request: ApplyTenantRequest, channels: &Channels) {
    let mut registry = ClientRegistryServiceClient::new(channels.client_registry.clone());
    registry.apply_tenant(request).await.unwrap();
}

/// Changes the tenant's settings.
pub(crate) async fn apply_settings(tenant: TenantPatch, channels: &Channels) {
    let request = ApplyTenantRequest {
        tenant: Some(tenant),
        ..ApplyTenantRequest::default()
    };
    apply(request, channels).await;
}

/// Blocks a user, like an administrator.
pub(crate) async fn block(email: &str, channels: &Channels) {
    let user = ImportedUser {
        claims: Some(UserClaims {
            email: Some(email.to_owned()),
            ..UserClaims::default()
        }),
        blocked: Some(true),
        ..ImportedUser::default()
    };
    let request = ImportUsersRequest {
        connection: "users".to_owned(),
        users: vec![user],
    };
    let mut identity = IdentityServiceClient::new(channels.identity.clone());
    identity.import_users(request).await.unwrap();
}

fn tenant() -> ApplyTenantRequest {
    ApplyTenantRequest {
        leave_out_unknown_clients: false,
        tenant: Some(TenantPatch {
            friendly_name: Some("Example".to_owned()),
            session_lifetime_minutes: Some(600),
            idle_session_lifetime_minutes: Some(60),
            allowed_logout_urls: Some(list(&["https://example.test/signed-out"])),
            ..TenantPatch::default()
        }),
        clients: clients(),
        resource_servers: vec![
            api(API, true),
            api(CONSENT_API, false),
            closed_api(GRANT_API, UserAccess::RequireClientGrant),
            ResourceServerPatch {
                enforce_policies: Some(true),
                token_dialect: Some(TokenDialect::AccessTokenAuthz.into()),
                ..api(ROLE_API, true)
            },
            closed_api("https://closed.example.test/", UserAccess::DenyAll),
        ],
        connections: vec![
            connection(
                "users",
                &[
                    "spa", "wildcard", "members", "code", "native", "partner", "granted", "strict",
                ],
            ),
            connection("staff", &["spa", "staff"]),
        ],
        client_grants: vec![ClientGrantPatch {
            client: "granted".to_owned(),
            audience: GRANT_API.to_owned(),
            subject_type: Some(SubjectType::User.into()),
            scopes: Some(list(&["read:things"])),
        }],
        dry_run: false,
    }
}

fn clients() -> Vec<ClientPatch> {
    let spa = ClientPatch {
        web_origins: Some(list(&["https://app.example.test"])),
        allowed_logout_urls: Some(list(&["https://app.example.test/bye"])),
        organization_usage: Some(OrganizationUsage::Allow.into()),
        ..client("spa", &[CALLBACK, "https://app.example.test/q?app=1"])
    };
    let members = ClientPatch {
        organization_usage: Some(OrganizationUsage::Require.into()),
        ..client("members", &["https://{organization_name}.example.test/cb"])
    };
    let code = ClientPatch {
        grant_types: Some(list(&["authorization_code"])),
        ..client("code", &["https://code.example.test/cb"])
    };
    let native = ClientPatch {
        app_type: Some(AppType::Native.into()),
        ..client("native", &["http://127.0.0.1/cb", "com.example.app:/cb"])
    };
    let partner = ClientPatch {
        is_first_party: Some(false),
        allowed_logout_urls: Some(list(&[
            "https://partner.example.test/bye?from=us",
            "https://*.partner.example.test/bye",
        ])),
        ..client("partner", &["https://partner.example.test/cb"])
    };
    let strict = ClientPatch {
        third_party_security_mode: Some(ThirdPartySecurityMode::Strict.into()),
        is_first_party: Some(false),
        ..client("strict", &["https://strict.example.test/cb"])
    };
    let granted = ClientPatch {
        initiate_login_uri: Some("https://granted.example.test/login?x=1".to_owned()),
        ..client("granted", &["https://granted.example.test/cb"])
    };
    vec![
        strict,
        granted,
        spa,
        members,
        code,
        native,
        partner,
        ClientPatch {
            allowed_logout_urls: Some(list(&["https://*.preview.example.test/bye"])),
            ..client("wildcard", &["https://*.preview.example.test/cb"])
        },
        client("staff", &["https://staff.example.test/cb"]),
        client("nobody", &["https://nobody.example.test/cb"]),
    ]
}

fn client(client_id: &str, callbacks: &[&str]) -> ClientPatch {
    ClientPatch {
        client_id: Some(client_id.to_owned()),
        name: client_id.to_owned(),
        grant_types: Some(list(&["implicit"])),
        callbacks: Some(list(callbacks)),
        ..ClientPatch::default()
    }
}

fn api(identifier: &str, skip_consent: bool) -> ResourceServerPatch {
    ResourceServerPatch {
        identifier: identifier.to_owned(),
        name: Some("Things".to_owned()),
        scopes: ["read:things", "write:things"]
            .map(|value| ResourceServerScope {
                value: value.to_owned(),
                description: Some(format!("May {value}")),
            })
            .into(),
        replace_scopes: true,
        skip_consent_for_verifiable_first_party_clients: Some(skip_consent),
        ..ResourceServerPatch::default()
    }
}

fn closed_api(identifier: &str, user_access: UserAccess) -> ResourceServerPatch {
    ResourceServerPatch {
        user_access: Some(user_access.into()),
        ..api(identifier, true)
    }
}

pub(crate) fn connection(name: &str, enabled_clients: &[&str]) -> ConnectionPatch {
    ConnectionPatch {
        name: name.to_owned(),
        enabled_clients: Some(list(enabled_clients)),
        ..ConnectionPatch::default()
    }
}

pub(crate) fn list(values: &[&str]) -> StringList {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    StringList { values }
}
