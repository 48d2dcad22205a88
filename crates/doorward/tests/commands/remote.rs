//! Tests of the commands with running services.

use std::net::SocketAddr;
use std::sync::Arc;

use doorward_service_kit::grpc::{GrpcConfig, NoStore, Server};
use doorward_service_kit::sql::DatabaseConfig;
use doorward_service_kit::{KeyEncryptionKey, Shutdown, SystemClock};
use doorward_test_support::free_port;
use tonic::service::Routes;

use super::{Place, TENANT, failed, succeeded};

/// Starts the four services that commands call. Returns the flags with their addresses.
async fn services(place: &Place) -> String {
    let database = |name: &str| DatabaseConfig::sqlite(&place.path().join(name));
    let never = Shutdown::new;
    let registry = doorward_client_registry::open(&database("registry.db"))
        .await
        .unwrap();
    let registry = doorward_client_registry::routes(registry, never());
    let identity = doorward_identity::open(&database("identity.db"))
        .await
        .unwrap();
    let hashing = doorward_identity::HashingConfig::default();
    let identity = doorward_identity::routes(identity, Arc::new(SystemClock), &hashing, never());
    let key = KeyEncryptionKey::from_bytes(&[1; KeyEncryptionKey::LENGTH]).unwrap();
    let organization = doorward_organization::open(&database("organization.db"), Arc::new(key))
        .await
        .unwrap();
    let limits = doorward_organization::InvitationLimits::default();
    let organization = doorward_organization::routes(&organization, limits, Arc::new(SystemClock));
    let session = doorward_session::open_sqlite(
        &doorward_session::BudgetConfig::default(),
        &database("session.db"),
    )
    .await
    .unwrap();
    let session = doorward_session::routes(session, Arc::new(SystemClock));
    format!(
        "--registry http://{} --identity http://{} --session http://{} --organization http://{}",
        start(registry),
        start(identity),
        start(session),
        start(organization)
    )
}

fn start(routes: Routes) -> SocketAddr {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let listen = address.into();
    let server = Server::new(&GrpcConfig { listen }, None).unwrap();
    tokio::spawn(server.serve("test", routes, NoStore, Shutdown::new()));
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_another_service_is_named() {
    let place = Place::new();
    let services = services(&place).await;
    place.write("tenant.yaml", "clients: []");
    let swapped = services
        .replace("--registry", "--other")
        .replace("--identity", "--registry");
    let errors = failed(
        &place.run(&format!(
            "import tenant.yaml {}",
            swapped.replace("--other", "--identity")
        )),
        1,
    );
    assert_eq!(
        errors,
        "doorward: client-registry: the address given by --registry does not speak doorward.client_registry.v1\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_works_on_a_running_deployment() {
    let place = Place::new();
    let services = services(&place).await;
    place.write("tenant.yaml", TENANT);
    let import = format!("import tenant.yaml {services}");
    let printed = succeeded(place.run(&import));
    assert!(printed.contains("created client \"My App\""), "{printed}");
    assert!(
        printed.contains("created organization \"acme\""),
        "{printed}"
    );
    assert_eq!(succeeded(place.run(&import)), "nothing changed\n");

    let add = format!("user add alice@example.com {services}");
    let user = succeeded(place.run_with(&add, "correct horse\n"));
    place.write(
        "tenant.yaml",
        &format!("{TENANT}\nroles: [{{id: rol_1, name: reader}}]"),
    );
    let printed = succeeded(place.run(&import));
    assert_eq!(printed, "created role \"reader\" (rol_1)\n");
    let roles = format!("user roles alice@example.com {services}");
    succeeded(place.run(&format!("{roles} reader")));
    assert_eq!(succeeded(place.run(&roles)), "reader\n");
    let revoke = format!("user revoke-consent alice@example.com {services}");
    assert_eq!(succeeded(place.run(&revoke)), "0 taken back\n");
    for (command, printed) in [
        ("block", "is now blocked"),
        ("block", "already was blocked"),
        ("unblock", "is no longer blocked"),
        ("password", "has a new password"),
    ] {
        let command = format!("user {command} alice@example.com {services}");
        let said = succeeded(place.run_with(&command, "battery staple\n"));
        assert_eq!(said, format!("{} {printed}\n", user.trim()));
    }
    place.write(
        "users.json",
        r#"[{"email": "bob@example.com", "user_id": "bob"}]"#,
    );
    let imported = succeeded(place.run(&format!("import-users users.json {services}")));
    assert_eq!(imported, "1 created, 0 changed, 0 unchanged\n");
    let add_member = "organization add-member org_acme000000000001 alice@example.com";
    let member = succeeded(place.run(&format!("{add_member} {services}")));
    assert_eq!(
        member,
        format!("{} is now a member of org_acme000000000001\n", user.trim())
    );
}
