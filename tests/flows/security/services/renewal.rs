//! SEC-176, SEC-184, REL-47: which certificates are accepted, while the services run.

use bytes::Bytes;
use doorward_e2e::{Agent, Deployment, PATIENCE, Separate};
use tokio::time::timeout;

use super::super::fixture::{signed_in, silent};
use super::{
    FRONTEND, Pair, client, connect, dial_as, eventually, on_own_services, servers, serves, socket,
    wait_for_log,
};

const SIGNER: &str = "token-signing";
/// The file of the key of the authority that will issue.
const NEXT_KEY: &str = "next-ca.key";

/// Whether a silent request gets a signed token.
async fn is_signed_in(agent: &Agent) -> bool {
    let page = agent.authorize(&silent("id_token")).await;
    let location = page.location().map(|location| location.to_string());
    location.is_some_and(|location| location.contains("id_token="))
}

/// `token-signing` with the certificate of `organization`, which all accept as such.
#[tokio::test]
async fn sec_176_a_server_of_another_name_is_not_called() {
    on_own_services(async |deployment, separate| {
        let certificates = separate.certificates();
        let agent = signed_in(deployment).await;
        assert!(is_signed_in(&agent).await);
        let own = Pair::of(certificates, SIGNER);
        Pair::of(certificates, "organization").write(certificates, SIGNER);
        separate.kill(SIGNER);
        separate.start_process(SIGNER);
        let is_up = async || {
            let client = client(certificates, Some(&Pair::of(certificates, FRONTEND)));
            dial_as(socket(separate, SIGNER), "organization", client)
                .await
                .is_ok()
        };
        eventually("the signer with another name", is_up).await;
        // Until it has been tried by this name, silent requests fail anyway.
        let failed =
            "doorward_backend_connects_total{backend=\"token-signing\",outcome=\"failed\"}";
        let before = separate.metric(FRONTEND, failed).await;
        eventually("attempts to connect it", async || {
            assert!(!is_signed_in(&agent).await);
            separate.metric(FRONTEND, failed).await >= before + 3.0
        })
        .await;
        // Without a restart.
        own.write(certificates, SIGNER);
        eventually("the signer with its name", async || {
            is_signed_in(&agent).await
        })
        .await;
    })
    .await;
}

/// Follows the steps of `docs/certificates.md` while browsers sign in.
#[tokio::test]
async fn sec_184_certificates_are_replaced_without_a_restart() {
    on_own_services(async |deployment, separate| {
        let certificates = separate.certificates();
        let agent = signed_in(deployment).await;
        let old = Pair::of(certificates, FRONTEND);
        let old_client = client(certificates, Some(&old));
        let mut connections = Vec::new();
        for process in servers() {
            let address = socket(separate, process);
            let stream = connect(address, process, old_client.clone()).await.unwrap();
            // One that answers pings: the server would end any other.
            let (sender, connection) = h2::client::Builder::new()
                .handshake::<_, Bytes>(stream)
                .await
                .unwrap();
            connections.push((sender, tokio::spawn(connection)));
        }

        certificates.change(&["--new-ca"]);
        eventually("both authorities", async || {
            all_accept(separate, NEXT_KEY).await
        })
        .await;
        certificates.change(&["--renew"]);
        let new = Pair::of(certificates, FRONTEND);
        assert_ne!(old.certificate, new.certificate);
        eventually("renewed certificates", async || {
            all_serve(separate, &new).await
        })
        .await;
        assert!(is_signed_in(&agent).await);

        certificates.change(&["--drop-old-ca"]);
        for (_sender, connection) in &mut connections {
            let ended = timeout(PATIENCE, connection).await;
            assert!(
                ended.is_ok(),
                "a connection of the old certificate lives on"
            );
        }
        for process in servers() {
            let old = client(certificates, Some(&old));
            assert!(!serves(separate, process, old).await, "{process}");
            let new = client(certificates, Some(&new));
            assert!(serves(separate, process, new).await, "{process}");
        }
        eventually("silent authentication", async || is_signed_in(&agent).await).await;
        assert_works(deployment).await;
    })
    .await;
}

/// Whether all accept a certificate of the authority with that key.
async fn all_accept(separate: &Separate, key: &str) -> bool {
    let certificates = separate.certificates();
    let pair = Pair::forged(certificates, key, FRONTEND, (-60, 3600));
    all_serve(separate, &pair).await
}

/// Whether all have a certificate of the authority that issues, and accept this one.
async fn all_serve(separate: &Separate, pair: &Pair) -> bool {
    let client = client(separate.certificates(), Some(pair));
    for process in servers() {
        if !serves(separate, process, client.clone()).await {
            return false;
        }
    }
    true
}

async fn assert_works(deployment: &Deployment) {
    let agent = signed_in(deployment).await;
    assert!(is_signed_in(&agent).await);
}

#[tokio::test]
async fn rel_47_expiry_is_announced() {
    on_own_services(async |deployment, separate| {
        let certificates = separate.certificates();
        let metric = "doorward_certificate_expiry_seconds";
        assert!(separate.metric("session", metric).await > 80.0 * 86_400.0);
        certificates.change(&["--renew", "--days", "13"]);
        let is_soon = async || separate.metric("session", metric).await < 14.0 * 86_400.0;
        eventually("the metric", is_soon).await;
        wait_for_log(deployment, &["WARN", "expires soon", "session"]).await;
    })
    .await;
}
