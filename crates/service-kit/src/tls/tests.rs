//! The files are read and refused, and read again.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::testing::{Authority, DAY, Folder, Pair, ShiftedClock};
use super::{Peer, Tls};
use crate::config::ConfigError;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

const PATIENCE: Duration = Duration::from_secs(30);

fn refusal(folder: &Folder) -> String {
    let error: ConfigError = Tls::load(&folder.config()).unwrap_err();
    let text = error.to_string();
    assert!(!text.contains('\n'), "{text}");
    text
}

fn assert_named(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} in {text:?}");
    }
}

#[test]
fn files_that_fit_are_loaded() {
    let authority = Authority::new("a");
    let folder = Folder::new(&authority.pair("session"), &[&authority]);
    let tls = Tls::load(&folder.config()).unwrap();
    assert_eq!(tls.names(), ["session"]);
    assert_eq!(tls.server_config().alpn_protocols, [b"h2"]);
    assert_eq!(tls.client_config().alpn_protocols, [b"h2"]);
}

#[test]
fn missing_and_broken_files_are_named() {
    let authority = Authority::new("a");
    let pair = authority.pair("session");
    for (setting, name) in [
        ("tls.certificate", "tls.crt"),
        ("tls.key", "tls.key"),
        ("tls.ca", "ca.crt"),
    ] {
        let folder = Folder::new(&pair, &[&authority]);
        let whole = fs::read_to_string(folder.path(name)).unwrap();
        let cut = &whole[..whole.len() / 2];
        for (text, problem) in [
            ("", "is empty"),
            ("secret words", "in PEM"),
            (cut, "is cut off"),
        ] {
            folder.write_file(name, text);
            let refusal = refusal(&folder);
            assert_named(&refusal, &[setting, name, problem]);
            assert!(!refusal.contains("secret"), "{refusal}");
        }
        fs::remove_file(folder.path(name)).unwrap();
        let problem = ["does not exist", "doorward certificates"].as_slice();
        assert_named(&refusal(&folder), &[&[setting, name], problem].concat());
    }
}

#[test]
fn files_that_do_not_fit_are_named() {
    let authority = Authority::new("a");
    let (pair, other) = (authority.pair("session"), authority.pair("session"));
    let key = other.key;
    let folder = Folder::new(&Pair { key, ..pair }, &[&authority]);
    assert_named(&refusal(&folder), &["tls.key", "tls.crt", "is not the key"]);

    folder.write(&authority.pair(""), &[&authority]);
    assert_named(&refusal(&folder), &["tls.certificate", "no DNS name"]);
}

#[test]
fn files_of_another_time_are_named() {
    let authority = Authority::new("a");
    let folder = Folder::new(
        &authority.pair_between("session", -9 * DAY, -DAY),
        &[&authority],
    );
    assert_named(
        &refusal(&folder),
        &["tls.certificate", "expired at", "renew"],
    );

    folder.write(
        &authority.pair_between("session", DAY, 9 * DAY),
        &[&authority],
    );
    let problem = ["tls.certificate", "not valid before", "clock"];
    assert_named(&refusal(&folder), &problem);

    let old = Authority::until("old", -3600);
    folder.write(&old.pair("session"), &[&old]);
    assert_named(&refusal(&folder), &["tls.ca", "expired at", "renew"]);
    folder.write_authorities(&[&old, &authority]);
    Tls::load(&folder.config()).unwrap();
}

/// The set counts as a whole: a certificate without its key changes nothing.
#[tokio::test]
async fn new_files_are_used_once_all_fit() {
    let authority = Authority::new("a");
    let folder = Folder::new(&authority.pair("session"), &[&authority]);
    let tls = Tls::load(&folder.config()).unwrap();
    let mut changes = tls.changes();
    let renewed = authority.pair("renewed");
    folder.write_file("tls.crt", &renewed.certificate);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(tls.names(), ["session"]);
    assert!(!changes.has_changed().unwrap());

    folder.write_file("tls.key", &renewed.key);
    timeout(PATIENCE, changes.changed()).await.unwrap().unwrap();
    assert_eq!(tls.names(), ["renewed"]);
}

fn peer(pair: &Pair) -> Peer {
    let der = CertificateDer::from_pem_slice(pair.certificate.as_bytes()).unwrap();
    Peer::new(&[der]).unwrap()
}

#[tokio::test]
async fn a_peer_is_refused_once_its_authority_is_dropped() {
    let (old, new) = (Authority::new("a"), Authority::new("a"));
    let folder = Folder::new(&new.pair("session"), &[&old, &new]);
    let tls = Tls::load(&folder.config()).unwrap();
    let of_old = tokio::spawn(tls.clone().until_refused(peer(&old.pair("x"))));
    let of_new = tokio::spawn(tls.clone().until_refused(peer(&new.pair("x"))));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!of_old.is_finished());
    folder.write_authorities(&[&new]);
    timeout(PATIENCE, of_old).await.unwrap().unwrap();
    assert!(!of_new.is_finished());
}

#[tokio::test]
async fn a_peer_is_refused_once_its_certificate_or_authority_expires() {
    let (long, short) = (Authority::new("a"), Authority::until("b", 60 * DAY));
    let clock = Arc::new(ShiftedClock::default());
    let folder = Folder::new(&long.pair("session"), &[&long, &short]);
    let tls = Tls::load_with(&folder.config(), clock.clone()).unwrap();
    let is_refused = async |pair: &Pair| {
        let refused = tls.clone().until_refused(peer(pair));
        timeout(Duration::from_millis(50), refused).await.is_ok()
    };
    let (of_long, of_short) = (long.pair("x"), short.pair("x"));
    let soon = long.pair_between("x", -DAY, DAY);
    assert!(!is_refused(&of_long).await && !is_refused(&of_short).await);
    assert!(!is_refused(&soon).await);
    clock.set_ahead(2 * DAY);
    assert!(is_refused(&soon).await && !is_refused(&of_short).await);
    clock.set_ahead(61 * DAY);
    assert!(is_refused(&of_short).await && !is_refused(&of_long).await);
}
