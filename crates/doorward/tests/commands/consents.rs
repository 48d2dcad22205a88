//! Tests of `doorward user revoke-consent`.

use doorward_identity::domain::{Consent, Email};
use doorward_service_kit::sql::DatabaseConfig;

use super::{Place, failed, succeeded};

/// Adds three consents, like the page of the frontend.
async fn agree(place: &Place, email: &str) {
    let database = DatabaseConfig::sqlite(&place.path().join("data/identity.db"));
    let store = doorward_identity::open(&database).await.unwrap();
    let users = store.list_by_email(&Email::parse(email).unwrap()).await;
    let user = users.unwrap().remove(0);
    for (client_id, audience) in [("one", ""), ("one", "urn:api"), ("two", "urn:api")] {
        let consent = Consent {
            client_id: client_id.to_owned(),
            audience: audience.to_owned(),
            organization_id: String::new(),
            scopes: [String::from("read:notes")].into(),
        };
        store.add_consent(&user.id, consent).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_are_taken_back_for_one_application_or_all() {
    let place = Place::with_tenant();
    succeeded(place.run_with("user add alice@example.com --data data", "correct horse\n"));
    let revoke = |flags: &str| {
        place.run(&format!(
            "user revoke-consent alice@example.com --data data{flags}"
        ))
    };
    assert_eq!(succeeded(revoke("")), "0 taken back\n");
    agree(&place, "alice@example.com").await;
    for (flags, printed) in [
        (" --client three", "0 taken back\n"),
        (" --client one", "2 taken back\n"),
        (" --client one", "0 taken back\n"),
        ("", "1 taken back\n"),
        ("", "0 taken back\n"),
    ] {
        assert_eq!(succeeded(revoke(flags)), printed, "{flags}");
    }
    for (line, complaint) in [
        (
            "user revoke-consent bob@example.com --data data",
            "doorward: there is no user with the email bob@example.com\n",
        ),
        (
            "user revoke-consent alice@example.com --data data --connection Guests",
            "doorward: there is no user with the email alice@example.com in the connection \"Guests\"\n",
        ),
    ] {
        assert_eq!(failed(&place.run(line), 1), complaint);
    }
}
