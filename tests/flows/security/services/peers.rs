//! SEC-173, SEC-174, SEC-180: who is connected at all.

use doorward_e2e::PATIENCE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::{DAY, FRONTEND, KEY, PREFACE, Pair, client, on_services, servers, serves, socket};

#[tokio::test]
async fn sec_173_plain_http2_is_refused_by_every_service() {
    on_services(async |_, separate| {
        for process in servers() {
            let mut plain = TcpStream::connect(socket(separate, process)).await.unwrap();
            plain.write_all(PREFACE).await.unwrap();
            let mut answer = Vec::new();
            let _ = timeout(PATIENCE, plain.read_to_end(&mut answer))
                .await
                .unwrap();
            // An alert of TLS or nothing. A server of plain HTTP/2 begins with SETTINGS.
            assert!(
                matches!(answer.first(), None | Some(0x15)),
                "{process}: {answer:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn sec_174_other_certificates_end_the_handshake() {
    on_services(async |_, separate| {
        let certificates = separate.certificates();
        let of = |pair: &Pair| client(certificates, Some(pair));
        let good = Pair::of(certificates, FRONTEND);
        let refused = [
            ("foreign", Pair::foreign(certificates, FRONTEND)),
            (
                "expired",
                Pair::forged(certificates, KEY, FRONTEND, (-9 * DAY, -60)),
            ),
            (
                "not yet valid",
                Pair::forged(certificates, KEY, FRONTEND, (3600, DAY)),
            ),
        ];
        let forged = Pair::forged(certificates, KEY, FRONTEND, (-60, DAY));
        for process in servers() {
            assert!(serves(separate, process, of(&good)).await, "{process}");
            assert!(serves(separate, process, of(&forged)).await, "{process}");
            assert!(
                !serves(separate, process, client(certificates, None)).await,
                "{process}: none"
            );
            for (what, pair) in &refused {
                assert!(
                    !serves(separate, process, of(pair)).await,
                    "{process}: {what}"
                );
            }
        }
    })
    .await;
}

/// Hanging, broken and foreign handshakes, thousands of them, while others are served on new connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_180_broken_handshakes_do_not_stop_the_accept_loop() {
    on_services(async |_, separate| {
        let address = socket(separate, "token-signing");
        let certificates = separate.certificates();
        let good = client(certificates, Some(&Pair::of(certificates, FRONTEND)));
        let mut hanging = Vec::new();
        for _ in 0..50 {
            hanging.push(TcpStream::connect(address).await.unwrap());
        }
        let flood = tokio::spawn(async move {
            for round in 0..60 {
                let broken: JoinSet<()> =
                    (0..50).map(|it| break_off(address, round + it)).collect();
                broken.join_all().await;
            }
        });
        let mut served = 0;
        while !flood.is_finished() || served < 20 {
            let is_served = timeout(PATIENCE, serves(separate, "token-signing", good.clone()));
            assert!(is_served.await.expect("others are served"));
            served += 1;
        }
        flood.await.unwrap();
    })
    .await;
}

/// Breaks the handshake in one of several ways.
async fn break_off(address: std::net::SocketAddr, number: usize) {
    // The begin of a ClientHello, whose rest never comes.
    let hello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
    let sent: &[u8] = match number % 4 {
        0 => b"",
        1 => b"GET / HTTP/1.1\r\n\r\n",
        2 => &hello,
        _ => &[0xff; 512],
    };
    if let Ok(mut stream) = TcpStream::connect(address).await {
        let _ = stream.write_all(sent).await;
    }
}
