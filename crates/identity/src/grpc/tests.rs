//! Tests of the service with its generated client.

mod breakable_store;
mod confirm_email;
mod consents;
mod create_user;
mod failing_store;
mod import_users;
mod revocation;
mod roles;
mod verify_password;
mod watch_users;

use std::sync::Arc;

use argon2::Params;
use doorward_proto::common::v1::{User, UserClaims};
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::identity::v1::identity_service_client::IdentityServiceClient;
use doorward_proto::identity::v1::*;
use doorward_proto::reason_of;
use doorward_service_kit::Shutdown;
use doorward_service_kit::grpc::{Channel, in_memory};
use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::FakeClock;
use tonic::Status;

use crate::HashingConfig;
use crate::domain::Email;
use crate::store::Store;
use breakable_store::BreakableStore;

const CONNECTION: &str = "Username-Password-Authentication";
const EMAIL: &str = "alice@example.com";
const PASSWORD: &str = "correct horse";

/// Texts with characters that are special in databases.
const NASTY: [&str; 6] = [
    "' OR '1'='1",
    "'; DROP TABLE app_user; --",
    "'; SELECT pg_sleep(30); --",
    "\\'; DROP TABLE password; --",
    "$1 %s {0} \" ` /* */",
    "nul \0 byte",
];

struct TestService {
    client: IdentityServiceClient<Channel>,
    store: Arc<BreakableStore>,
    shutdown: Shutdown,
    _folder: Option<tempfile::TempDir>,
}

impl TestService {
    async fn start() -> Self {
        Self::start_with(cheap_hashing()).await
    }

    async fn start_with(hashing: HashingConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseConfig::sqlite(&folder.path().join("identity.db"));
        Self::start_on(&database, hashing, Some(folder)).await
    }

    /// One service on each kind of database.
    async fn start_both() -> [Self; 2] {
        let url = doorward_test_support::postgres::database().await;
        let database = DatabaseConfig {
            max_connections: 2,
            ..DatabaseConfig::new(url)
        };
        let on_postgres = Self::start_on(&database, cheap_hashing(), None).await;
        [Self::start().await, on_postgres]
    }

    async fn start_on(
        database: &DatabaseConfig,
        hashing: HashingConfig,
        folder: Option<tempfile::TempDir>,
    ) -> Self {
        let store = BreakableStore::new(crate::open(database).await.unwrap());
        let shutdown = Shutdown::new();
        let routes = crate::routes(
            store.clone(),
            FakeClock::start(),
            &hashing,
            shutdown.clone(),
        );
        let client = IdentityServiceClient::new(in_memory(routes, shutdown.clone()));
        Self {
            client,
            store,
            shutdown,
            _folder: folder,
        }
    }

    async fn verify(&self, request: VerifyPasswordRequest) -> Result<User, Status> {
        let answer = self.client.clone().verify_password(request).await?;
        Ok(answer.into_inner().user.unwrap())
    }

    async fn create(&self, request: CreateUserRequest) -> Result<User, Status> {
        let answer = self.client.clone().create_user(request).await?;
        Ok(answer.into_inner().user.unwrap())
    }

    async fn import(&self, users: Vec<ImportedUser>) -> Result<ImportUsersResponse, Status> {
        let connection = CONNECTION.to_owned();
        let request = ImportUsersRequest { connection, users };
        Ok(self
            .client
            .clone()
            .import_users(request)
            .await?
            .into_inner())
    }

    async fn find(&self, user_id: &str) -> Option<User> {
        let user_id = user_id.to_owned();
        let request = FindUserRequest { user_id };
        self.client
            .clone()
            .find_user(request)
            .await
            .unwrap()
            .into_inner()
            .user
    }

    async fn list(&self, email: &str) -> Vec<User> {
        let email = email.to_owned();
        let request = ListUsersByEmailRequest { email };
        self.client
            .clone()
            .list_users_by_email(request)
            .await
            .unwrap()
            .into_inner()
            .users
    }

    /// The stored hash of the user of these tests.
    async fn stored_hash(&self) -> String {
        let email = Email::parse(EMAIL).unwrap();
        let account = self
            .store
            .find_account(&[CONNECTION.to_owned()], &email)
            .await
            .unwrap();
        account.unwrap().hash.unwrap().as_str().to_owned()
    }
}

/// Settings for tests that are not about the cost of hashes.
fn cheap_hashing() -> HashingConfig {
    let cost = Params::new(64, 1, 1, None).unwrap();
    HashingConfig {
        cost,
        ..HashingConfig::default()
    }
}

fn sign_in(identifier: &str, password: &str) -> VerifyPasswordRequest {
    VerifyPasswordRequest {
        connections: vec![CONNECTION.to_owned()],
        identifier: identifier.to_owned(),
        password: password.to_owned(),
    }
}

fn sign_up(email: &str, password: &str) -> CreateUserRequest {
    CreateUserRequest {
        connection: CONNECTION.to_owned(),
        email: email.to_owned(),
        password: password.to_owned(),
        min_password_length: 0,
        email_verified: false,
    }
}

fn imported(email: &str) -> ImportedUser {
    ImportedUser {
        claims: Some(UserClaims {
            email: Some(email.to_owned()),
            ..UserClaims::default()
        }),
        ..ImportedUser::default()
    }
}

#[tokio::test]
async fn users_are_found_by_id_and_by_email() {
    let service = TestService::start().await;
    let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
    assert_eq!(service.find(&user.user_id).await, Some(user.clone()));
    assert_eq!(service.list("Alice@Example.COM").await, [user]);
    assert_eq!(service.find("auth0|nobody").await, None);
    assert_eq!(service.list("nobody@example.com").await, []);
}

#[tokio::test]
async fn sec_185_text_stays_text() {
    for service in TestService::start_both().await {
        let user = service.create(sign_up(EMAIL, PASSWORD)).await.unwrap();
        for nasty in NASTY {
            assert_eq!(service.find(nasty).await, None, "{nasty:?}");
            assert_eq!(service.list(nasty).await, [], "{nasty:?}");
        }
        assert_eq!(service.find(&user.user_id).await, Some(user));
    }
}
