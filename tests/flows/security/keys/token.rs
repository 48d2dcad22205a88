//! SEC-172 where a PKCS#11 token has the keys.

use doorward_e2e::Separate;

use super::*;

fn hex(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// No private key can be taken out of the token, which a program that is not ours confirms; one that signs no more is
/// gone.
#[tokio::test]
async fn sec_172_private_keys_stay_in_the_token_and_are_destroyed() {
    let deployment = Deployment::Separate(Separate::builder().keys_in_token().start().await);
    on(&deployment, async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        let keys = |arguments: &[&str]| {
            let arguments = [&["keys"], arguments, &["--json"]].concat();
            deployment.command(&arguments, "").json()
        };
        let listed = || separate.token().private_keys("doorward");
        let access = "Access:     sensitive, always sensitive, never extractable, local";
        let before = listed();
        assert_eq!(before.matches(access).count(), 2, "{before}");
        assert_eq!(before.matches("Private Key Object").count(), 2, "{before}");
        assert_eq!(before.matches("Usage:      sign\n").count(), 2, "{before}");

        let replaced = keys(&["emergency-rotate"]);
        let after = listed();
        let has = |state: &str| after.contains(&hex(kid(&replaced[state])));
        assert!(has("current") && has("next"), "{after}");
        assert!(!has("revoked"), "{after}");
    })
    .await;
}
