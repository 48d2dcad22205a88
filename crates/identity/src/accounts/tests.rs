use argon2::Params;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::FakeClock;

use super::*;
use crate::HashingConfig;
use crate::domain::{HashKind, Profile};

const BCRYPT: &str = "$2b$04$";
const NATIVE: &str = "$argon2id$v=19$m=64,t=1,p=1$";
const PASSWORD: &str = "correct horse";

/// A store with accounts of every kind.
async fn accounts(folder: &tempfile::TempDir) -> Accounts {
    let database = DatabaseConfig::sqlite(&folder.path().join("identity.db"));
    let hashing = HashingConfig {
        cost: Params::new(64, 1, 1, None).unwrap(),
        ..HashingConfig::default()
    };
    let store = crate::open(&database).await.unwrap();
    let accounts = Accounts::new(store, FakeClock::start(), Hasher::new(&hashing));
    for email in ["native@example.com", "blocked@example.com"] {
        let new = NewUser {
            connection: Connection::parse("Staff").unwrap(),
            email: Email::parse(email).unwrap(),
            email_verified: false,
            password: Password::typed(PASSWORD.to_owned()).unwrap(),
        };
        let user = accounts.create(new).await.unwrap();
        let blocked = email.starts_with("blocked");
        let id = user.id.as_str();
        accounts.set_blocked(id, blocked).await.unwrap();
    }
    import(&accounts, "without-password@example.com", None).await;
    accounts.hasher.take_computed();
    accounts
}

async fn import(accounts: &Accounts, email: &str, hash: Option<String>) {
    let entry = ImportEntry {
        user_id: None,
        email: Email::parse(email).unwrap(),
        email_verified: None,
        profile: Profile::default(),
        blocked: None,
        password_hash: hash.map(|hash| PasswordHash::parse(&hash).unwrap()),
        app_metadata: None,
        user_metadata: None,
    };
    let connection = Connection::parse("Staff").unwrap();
    accounts.import(&connection, &[entry]).await.unwrap();
}

/// Tries to sign in. Returns whether the password was right, and the computed hashes.
async fn sign_in(accounts: &Accounts, email: &str, password: &str) -> (bool, Vec<String>) {
    let staff = ["Staff".to_owned()];
    let answer = accounts.verify_password(&staff, email, password.to_owned());
    let right = match answer.await {
        Ok(_) => true,
        Err(Error::WrongCredentials) => false,
        Err(error) => panic!("{error}"),
    };
    let computed = accounts.hasher.take_computed();
    (right, computed.iter().map(HashKind::to_string).collect())
}

#[tokio::test]
async fn sec_141_the_work_of_a_check_tells_no_account() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = accounts(&folder).await;
    let everybody = [
        "nobody@example.com",
        "not an email",
        "native@example.com",
        "blocked@example.com",
        "without-password@example.com",
    ];
    for email in everybody {
        let wrong = sign_in(&accounts, email, "wrong horse").await;
        assert_eq!(wrong, (false, vec![NATIVE.to_owned()]), "{email}");
    }

    let imported = ["imported@example.com", "never-here@example.com"];
    for email in imported {
        import(&accounts, email, Some(bcrypt::hash(PASSWORD, 4).unwrap())).await;
    }
    let both = vec![BCRYPT.to_owned(), NATIVE.to_owned()];
    for email in everybody.into_iter().chain(imported) {
        let wrong = sign_in(&accounts, email, "wrong horse").await;
        assert_eq!(wrong, (false, both.clone()), "{email}");
    }
    for email in ["native@example.com", "blocked@example.com", imported[0]] {
        let right = sign_in(&accounts, email, PASSWORD).await;
        assert_eq!(right, (true, both.clone()), "{email}");
    }

    // One user still has a hash of that kind.
    let wrong = sign_in(&accounts, "nobody@example.com", "wrong horse").await;
    assert_eq!(wrong, (false, both));
    let right = sign_in(&accounts, imported[1], PASSWORD).await;
    assert!(right.0);
    for email in everybody.into_iter().chain(imported) {
        let wrong = sign_in(&accounts, email, "wrong horse").await;
        assert_eq!(wrong, (false, vec![NATIVE.to_owned()]), "{email}");
    }
}
