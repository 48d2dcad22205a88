//! The service through its generated client.

mod registration;

use std::time::Duration;

use doorward_proto::client_registry::v1::client_registry_service_client::ClientRegistryServiceClient;
use doorward_proto::client_registry::v1::{
    ApplyTenantRequest, ClientGrant, ClientGrantPatch, ClientPatch, ConnectionPatch,
    FindAllowedOriginRequest, FindClientRequest, FindConnectionRequest, FindResourceServerRequest,
    GetTenantRequest, ListConnectionsRequest, ObjectKind, OrganizationUsage,
    ResourceParameterProfile, ResourceServerPatch, ResourceServerScope, StringList, SubjectType,
    TenantChange, TenantPatch, ThirdPartySecurityMode, UserAccess, WatchRequest, WatchResponse,
};
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::{Channel, in_memory};
use doorward_service_kit::sql::DatabaseConfig;
use tempfile::TempDir;
use tokio::time::timeout;
use tonic::Streaming;

type Client = ClientRegistryServiceClient<Channel>;

struct Registry {
    client: Client,
    shutdown: Shutdown,
    folder: TempDir,
}

impl Registry {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::open(&database(&folder)).await.unwrap();
        let shutdown = Shutdown::new();
        let routes = crate::routes(store, shutdown.clone());
        // The server itself goes on, so that only the streams' own end is seen.
        let client = Client::new(in_memory(routes, Shutdown::new()));
        Self {
            client,
            shutdown,
            folder,
        }
    }

    async fn apply(&self, request: ApplyTenantRequest) -> Vec<TenantChange> {
        let answer = self.client.clone().apply_tenant(request).await.unwrap();
        answer.into_inner().changes
    }

    async fn watch(&self) -> Streaming<WatchResponse> {
        self.client
            .clone()
            .watch(WatchRequest {})
            .await
            .unwrap()
            .into_inner()
    }
}

fn database(folder: &TempDir) -> DatabaseConfig {
    DatabaseConfig::sqlite(&folder.path().join("registry.db"))
}

fn list(values: &[&str]) -> StringList {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    StringList { values }
}

fn spa() -> ApplyTenantRequest {
    ApplyTenantRequest {
        clients: vec![ClientPatch {
            client_id: Some("spa".to_owned()),
            name: "My App".to_owned(),
            callbacks: Some(list(&["https://app.test/cb"])),
            organization_usage: Some(OrganizationUsage::Allow.into()),
            ..ClientPatch::default()
        }],
        ..ApplyTenantRequest::default()
    }
}

/// The next message, which must come within a second.
async fn next(stream: &mut Streaming<WatchResponse>) -> u64 {
    let message = timeout(Duration::from_secs(1), stream.message()).await;
    message
        .expect("within a second")
        .unwrap()
        .expect("not the end")
        .revision
}

#[tokio::test]
async fn content_is_applied_and_found() {
    let registry = Registry::start().await;
    let mut client = registry.client.clone();
    let request = ApplyTenantRequest {
        tenant: Some(TenantPatch {
            friendly_name: Some("Acme".to_owned()),
            enabled_locales: Some(list(&["ja"])),
            resource_parameter_profile: Some(ResourceParameterProfile::Compatibility.into()),
            ..TenantPatch::default()
        }),
        resource_servers: vec![ResourceServerPatch {
            identifier: "https://api.test".to_owned(),
            user_access: Some(UserAccess::RequireClientGrant.into()),
            ..ResourceServerPatch::default()
        }],
        connections: vec![ConnectionPatch {
            name: "db".to_owned(),
            enabled_clients: Some(list(&["My App"])),
            ..ConnectionPatch::default()
        }],
        ..spa()
    };
    let changes = registry.apply(request.clone()).await;
    let kinds: Vec<_> = changes
        .iter()
        .map(|change| (change.kind(), change.created))
        .collect();
    let expected = [
        (ObjectKind::Tenant, false),
        (ObjectKind::Client, true),
        (ObjectKind::ResourceServer, true),
        (ObjectKind::Connection, true),
    ];
    assert_eq!(kinds, expected);
    let fields = [
        "friendly_name",
        "enabled_locales",
        "resource_parameter_profile",
    ];
    assert_eq!(changes[0].fields, fields);
    assert_eq!(
        (changes[1].name.as_str(), changes[1].id()),
        ("My App", "spa")
    );
    assert!(changes[1].fields.is_empty());
    assert!(registry.apply(request).await.is_empty());

    let tenant = client
        .get_tenant(GetTenantRequest {})
        .await
        .unwrap()
        .into_inner()
        .tenant
        .unwrap();
    assert_eq!(tenant.friendly_name(), "Acme");
    assert_eq!(tenant.enabled_locales, ["ja"]);
    assert!(tenant.resource_parameter_accepted);
    assert_eq!(tenant.session_lifetimes.unwrap().absolute_minutes, 168 * 60);

    let request = FindClientRequest {
        client_id: "spa".to_owned(),
    };
    let found = client.find_client(request).await.unwrap().into_inner();
    let spa = found.client.unwrap();
    assert_eq!(spa.callbacks, ["https://app.test/cb"]);
    assert_eq!(spa.organization_usage(), OrganizationUsage::Allow);
    assert_eq!(
        spa.third_party_security_mode(),
        ThirdPartySecurityMode::Permissive
    );
    assert_eq!(found.connections[0].name, "db");

    let request = FindResourceServerRequest {
        identifier: "https://api.test".to_owned(),
    };
    let found = client
        .find_resource_server(request)
        .await
        .unwrap()
        .into_inner();
    let api = found.resource_server.unwrap();
    assert_eq!(api.token_lifetime_for_web_seconds, 7_200);
    assert_eq!(api.user_access(), UserAccess::RequireClientGrant);

    let request = FindAllowedOriginRequest {
        origin: "https://app.test".to_owned(),
    };
    assert!(
        client
            .find_allowed_origin(request)
            .await
            .unwrap()
            .into_inner()
            .allowed
    );

    let all = client
        .list_connections(ListConnectionsRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(all.connections, found_connections(&mut client).await);
}

#[tokio::test]
async fn a_connection_is_found_by_its_name() {
    let registry = Registry::start().await;
    let connection = |name: &str| ConnectionPatch {
        name: name.to_owned(),
        disable_signup: Some(name == "closed"),
        ..ConnectionPatch::default()
    };
    registry
        .apply(ApplyTenantRequest {
            connections: vec![connection("open"), connection("closed")],
            ..ApplyTenantRequest::default()
        })
        .await;
    for (name, closed) in [("open", false), ("closed", true)] {
        let request = FindConnectionRequest {
            name: name.to_owned(),
        };
        let found = registry.client.clone().find_connection(request).await;
        let found = found.unwrap().into_inner().connection.unwrap();
        assert_eq!((found.name.as_str(), found.disable_signup), (name, closed));
    }
}

#[tokio::test]
async fn client_grants_are_found_with_their_client() {
    let registry = Registry::start().await;
    let grant = |audience: &str, subject_type: Option<SubjectType>| ClientGrantPatch {
        client: "My App".to_owned(),
        audience: audience.to_owned(),
        subject_type: subject_type.map(Into::into),
        scopes: Some(list(&["read:x"])),
    };
    let request = ApplyTenantRequest {
        client_grants: vec![
            grant("https://api.test", Some(SubjectType::User)),
            grant("https://machines.test", None),
        ],
        ..spa()
    };
    let changes = registry.apply(request.clone()).await;
    let names: Vec<_> = changes
        .iter()
        .filter(|change| change.kind() == ObjectKind::ClientGrant)
        .map(|change| change.name.as_str())
        .collect();
    let expected = [
        "My App for https://api.test",
        "My App for https://machines.test",
    ];
    assert_eq!(names, expected);
    assert!(registry.apply(request).await.is_empty());

    let request = FindClientRequest {
        client_id: "spa".to_owned(),
    };
    let found = registry.client.clone().find_client(request).await.unwrap();
    let expected = ClientGrant {
        audience: "https://api.test".to_owned(),
        scopes: vec!["read:x".to_owned()],
    };
    assert_eq!(found.into_inner().client_grants, [expected]);
}

#[tokio::test]
async fn a_tenant_may_be_larger_than_the_usual_message() {
    let registry = Registry::start().await;
    let scope = |index| ResourceServerScope {
        value: format!("scope:{index}"),
        description: Some("x".repeat(1024)),
    };
    let request = ApplyTenantRequest {
        resource_servers: vec![ResourceServerPatch {
            identifier: "https://api.test".to_owned(),
            scopes: (0..6 * 1024).map(scope).collect(),
            replace_scopes: true,
            ..ResourceServerPatch::default()
        }],
        ..ApplyTenantRequest::default()
    };
    let changes = registry.apply(request).await;
    assert!(changes.iter().any(|it| it.name == "https://api.test"));
}

async fn found_connections(
    client: &mut Client,
) -> Vec<doorward_proto::client_registry::v1::Connection> {
    let request = FindClientRequest {
        client_id: "spa".to_owned(),
    };
    client
        .find_client(request)
        .await
        .unwrap()
        .into_inner()
        .connections
}

#[tokio::test]
async fn absence_is_an_answer() {
    let registry = Registry::start().await;
    let mut client = registry.client.clone();
    let request = FindClientRequest {
        client_id: "nobody".to_owned(),
    };
    let found = client.find_client(request).await.unwrap().into_inner();
    assert_eq!((found.client, found.connections.len()), (None, 0));
    let request = FindResourceServerRequest {
        identifier: "nothing".to_owned(),
    };
    assert_eq!(
        client
            .find_resource_server(request)
            .await
            .unwrap()
            .into_inner()
            .resource_server,
        None
    );
    let request = FindConnectionRequest {
        name: "nothing".to_owned(),
    };
    let found = client.find_connection(request).await.unwrap().into_inner();
    assert_eq!(found.connection, None);
}

#[tokio::test]
async fn a_dry_run_gives_no_ids_and_changes_nothing() {
    let registry = Registry::start().await;
    let changes = registry
        .apply(ApplyTenantRequest {
            dry_run: true,
            ..spa()
        })
        .await;
    assert!(
        changes
            .iter()
            .all(|change| change.created && change.id.is_none()),
        "{changes:?}"
    );
    assert_eq!(registry.apply(spa()).await.len(), changes.len());
}

#[tokio::test]
async fn refusals_carry_their_reason() {
    let registry = Registry::start().await;
    let mut request = spa();
    request.clients[0].callbacks = Some(list(&["https://app.test/cb", "javascript:alert(1)"]));
    let status = registry
        .client
        .clone()
        .apply_tenant(request)
        .await
        .unwrap_err();
    assert_eq!(reason_of(&status), Some(ErrorReason::InvalidField));
    assert!(
        status
            .message()
            .starts_with("client \"My App\": callbacks[1]: "),
        "{status}"
    );

    let with_id = |identifier: &str| ResourceServerPatch {
        id: Some("x".to_owned()),
        identifier: identifier.to_owned(),
        ..ResourceServerPatch::default()
    };
    let request = ApplyTenantRequest {
        resource_servers: vec![with_id("https://one.test"), with_id("https://two.test")],
        ..ApplyTenantRequest::default()
    };
    let status = registry
        .client
        .clone()
        .apply_tenant(request)
        .await
        .unwrap_err();
    assert_eq!(reason_of(&status), Some(ErrorReason::NameTaken));
}

#[tokio::test]
async fn a_watch_sees_changes_of_this_process_and_of_others() {
    let registry = Registry::start().await;
    let mut stream = registry.watch().await;
    assert_eq!(next(&mut stream).await, 0);

    registry.apply(spa()).await;
    assert_eq!(next(&mut stream).await, 1);

    let other = crate::open(&database(&registry.folder)).await.unwrap();
    let client = crate::domain::ClientPatch {
        name: "Another".to_owned(),
        ..crate::domain::ClientPatch::default()
    };
    let clients = vec![client];
    other
        .apply(
            crate::domain::Desired {
                clients,
                ..Default::default()
            },
            false,
        )
        .await
        .unwrap();
    assert_eq!(next(&mut stream).await, 2);
}

#[tokio::test]
async fn a_watch_beats_every_second() {
    let registry = Registry::start().await;
    let mut stream = registry.watch().await;
    for _ in 0..3 {
        assert_eq!(next(&mut stream).await, 0);
    }
}

#[tokio::test]
async fn a_watch_ends_with_the_process() {
    let registry = Registry::start().await;
    let mut stream = registry.watch().await;
    next(&mut stream).await;
    registry.shutdown.cancel();
    let end = timeout(Duration::from_secs(2), stream.message())
        .await
        .expect("ends");
    assert_eq!(end.unwrap(), None);
}

#[tokio::test]
async fn a_watch_ends_when_the_store_is_lost() {
    let registry = Registry::start().await;
    let mut stream = registry.watch().await;
    next(&mut stream).await;
    // A table that is gone stands for a store that is: both fail the poll.
    lose_the_store(&registry).await;
    let end = timeout(Duration::from_secs(2), stream.message())
        .await
        .expect("ends");
    assert_eq!(
        reason_of(&end.unwrap_err()),
        Some(ErrorReason::StoreUnavailable)
    );
    let mut again = registry.watch().await;
    assert_eq!(
        reason_of(&again.message().await.unwrap_err()),
        Some(ErrorReason::StoreUnavailable)
    );
}

async fn lose_the_store(registry: &Registry) {
    let url = format!(
        "sqlite://{}",
        registry.folder.path().join("registry.db").display()
    );
    let pool = sqlx::AnyPool::connect(&url).await.unwrap();
    sqlx::query("DROP TABLE revision")
        .execute(&pool)
        .await
        .unwrap();
}
