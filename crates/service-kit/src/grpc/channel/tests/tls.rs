//! Mutual TLS as the client sees it.

use tokio_rustls::rustls::pki_types::ServerName;
use tonic::Code;

use super::support::{Name, Replica, call, eventually, listen, secure_channel, times};
use crate::grpc::channel::Channel;
use crate::grpc::channel::peer::Security;
use crate::grpc::channel::times::Times;
use crate::tls::Tls;
use crate::tls::testing::{Authority, Folder};

async fn server(folder: &Folder) -> Replica {
    let tls = Tls::load(&folder.config()).unwrap();
    Replica::over(listen(1).await, Code::Ok, Some(tls))
}

/// A channel of the frontend to a service of this name.
fn client(folder: &Folder, replica: &Replica, service: &'static str, times: Times) -> Channel {
    let tls = Tls::load(&folder.config()).unwrap();
    let name = ServerName::try_from(service).unwrap();
    let security = Some(Security { tls, name });
    secure_channel(&Name::of(&[replica.address]), times, security)
}

#[tokio::test]
async fn sec_176_a_server_with_another_name_is_refused() {
    let authority = Authority::new("inner");
    let frontend = Folder::new(&authority.pair("authorize-frontend"), &[&authority]);
    let session = Folder::new(&authority.pair("session"), &[&authority]);
    let replica = server(&session).await;
    let good = client(&frontend, &replica, "session", times());
    assert_eq!(call(&good, "Answer").await.unwrap(), replica.address);

    for other in ["identity", "127.0.0.1", "localhost"] {
        let bad = client(&frontend, &replica, other, times());
        let error = call(&bad, "Answer").await.unwrap_err();
        assert_eq!(error.code(), Code::Unavailable);
        assert!(error.message().contains("certificate"), "{error}");
    }
    assert_eq!(replica.calls(), 1);
}

#[tokio::test]
async fn sec_176_a_server_of_another_authority_is_refused() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let frontend = Folder::new(&ours.pair("authorize-frontend"), &[&ours]);
    let session = Folder::new(&other.pair("session"), &[&ours, &other]);
    let replica = server(&session).await;
    let channel = client(&frontend, &replica, "session", times());
    let error = call(&channel, "Answer").await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert_eq!(replica.calls(), 0);
}

/// New certificates of the client are used without a failed call; a certificate authority that is dropped ends the
/// connection to the server that it signed.
#[tokio::test]
async fn rel_47_certificates_are_replaced_and_a_dropped_authority_ends_connections() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let frontend = Folder::new(&old.pair("authorize-frontend"), &[&old]);
    let session = Folder::new(&old.pair("session"), &[&old, &new]);
    let replica = server(&session).await;
    let channel = client(&frontend, &replica, "session", times());
    call(&channel, "Answer").await.unwrap();

    frontend.write(&new.pair("authorize-frontend"), &[&old, &new]);
    let begin = tokio::time::Instant::now();
    while begin.elapsed() < std::time::Duration::from_secs(3) {
        call(&channel, "Answer").await.unwrap();
    }
    frontend.write_authorities(&[&new]);
    eventually(async || call(&channel, "Answer").await.is_err()).await;
    let error = call(&channel, "Answer").await.unwrap_err();
    assert!(error.message().contains("certificate"), "{error}");

    session.write(&new.pair("session"), &[&new]);
    eventually(async || call(&channel, "Answer").await.is_ok()).await;
}
