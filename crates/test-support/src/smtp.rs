//! A mail server that keeps its mails in memory, and fails as it is told.

mod conversation;
mod received;

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::certificates::Pair;
use crate::free_port;
pub use received::Received;

/// The server's answer to mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Accepts them.
    Accept,
    /// Refuses each sender for good.
    RefuseSender,
    /// Refuses each recipient for good.
    RefuseRecipient,
    /// Reads the content, and refuses it for good.
    RefuseContent,
    /// Refuses each recipient for now.
    TryLater,
    /// Reads the content and keeps the mail, but answers only once the answer is another one.
    Hang,
    /// Reads the content, and closes the connection without an answer or a mail.
    Vanish,
}

/// How connections are secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the start.
    Tls,
    /// TLS by STARTTLS; nothing is accepted without it.
    StartTls,
}

/// A mail server on a port of 127.0.0.1.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    state: Arc<State>,
    running: Mutex<Option<JoinHandle<()>>>,
}

/// State that all connections share.
struct State {
    answer: watch::Sender<Answer>,
    mails: watch::Sender<Vec<Received>>,
    refused: Mutex<HashSet<String>>,
    utf8: watch::Sender<bool>,
    tls: Option<(Security, TlsAcceptor)>,
    /// User and password; the password is empty if none is asked for.
    account: (String, String),
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}

impl Server {
    /// A server without TLS that accepts every mail.
    pub async fn start() -> Self {
        Self::with(None, ("", "")).await
    }

    /// A server with TLS; with a password, it accepts mails of this account only.
    pub async fn secured(security: Security, pair: &Pair, account: (&str, &str)) -> Self {
        Self::with(Some((security, acceptor(pair))), account).await
    }

    async fn with(tls: Option<(Security, TlsAcceptor)>, (user, password): (&str, &str)) -> Self {
        let state = State {
            answer: watch::Sender::new(Answer::Accept),
            mails: watch::Sender::new(Vec::new()),
            refused: Mutex::default(),
            utf8: watch::Sender::new(false),
            tls,
            account: (user.to_owned(), password.to_owned()),
        };
        // A port that no outgoing connection gets, so that it is still free for `resume`.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, free_port())).await;
        let listener = listener.expect("a port is free");
        let server = Self {
            address: listener.local_addr().expect("it listens"),
            state: Arc::new(state),
            running: Mutex::default(),
        };
        server.serve(listener);
        server
    }

    fn serve(&self, listener: TcpListener) {
        let state = Arc::clone(&self.state);
        let task = tokio::spawn(async move {
            // Dropped with the task, which closes all connections.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(conversation::serve(stream, Arc::clone(&state)));
            }
        });
        *self.running() = Some(task);
    }

    fn running(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its URL, for `mail.url`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Changes the answer to mails, from the next command on.
    pub fn answer(&self, answer: Answer) {
        self.state.answer.send_replace(answer);
    }

    /// Refuses one recipient for good.
    pub fn refuse_recipient(&self, address: &str) {
        self.state.refused().insert(address.to_owned());
    }

    /// Accepts addresses outside ASCII from now on.
    pub fn support_utf8(&self) {
        self.state.utf8.send_replace(true);
    }

    /// The mails that have arrived, also those that a hanging server has not confirmed.
    #[must_use]
    pub fn mails(&self) -> Vec<Received> {
        self.state.mails.borrow().clone()
    }

    /// Waits until this many mails have arrived; for at most 30 seconds.
    pub async fn wait_for(&self, count: usize) {
        let mut mails = self.state.mails.subscribe();
        let arrived = mails.wait_for(|mails| mails.len() >= count);
        let arrived = tokio::time::timeout(std::time::Duration::from_secs(30), arrived).await;
        assert!(
            arrived.is_ok(),
            "{} of {count} mails arrived",
            self.mails().len()
        );
    }

    /// Closes all connections, and refuses new ones.
    pub async fn stop(&self) {
        let running = self.running().take();
        if let Some(task) = running {
            task.abort();
            let _ = task.await;
        }
    }

    /// Listens on the same port again.
    pub async fn resume(&self) {
        let listener = TcpListener::bind(self.address).await;
        self.serve(listener.expect("the port is still free"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(task) = self.running().take() {
            task.abort();
        }
    }
}

impl State {
    fn refused(&self) -> MutexGuard<'_, HashSet<String>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accepts(&self, recipient: &str) -> Result<(), &'static str> {
        match *self.answer.borrow() {
            Answer::TryLater => Err("451 4.3.0 try again later"),
            Answer::RefuseRecipient => Err("550 5.1.1 no such user"),
            _ if self.refused().contains(recipient) => Err("550 5.1.1 no such user"),
            _ => Ok(()),
        }
    }

    fn keep(&self, mail: Received) {
        self.mails.send_modify(|mails| mails.push(mail));
    }
}

fn acceptor(pair: &Pair) -> TlsAcceptor {
    let certificates = CertificateDer::pem_slice_iter(pair.certificate.as_bytes());
    let certificates = certificates.collect::<Result<_, _>>().expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("PEM");
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .expect("the key fits the certificate");
    TlsAcceptor::from(Arc::new(config))
}
