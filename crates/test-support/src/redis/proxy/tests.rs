//! The effect of each network on a client.

use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::*;
use crate::redis::Persistent;

struct Connection(BufReader<TcpStream>);

impl Connection {
    fn new(proxy: &Proxy) -> Self {
        let connection = TcpStream::connect(proxy.address).unwrap();
        Self(BufReader::new(connection))
    }

    fn ping(&mut self, patience: Duration) -> std::io::Result<String> {
        self.0.get_ref().set_read_timeout(Some(patience))?;
        self.0.get_ref().write_all(b"PING\r\n")?;
        self.answer()
    }

    fn answer(&mut self) -> std::io::Result<String> {
        let mut answer = String::new();
        self.0.read_line(&mut answer)?;
        Ok(answer)
    }
}

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn slow_silent_closed_and_well_again() {
    let server = Persistent::start().await;
    let proxy = Proxy::start(server.port());
    let mut connection = Connection::new(&proxy);
    assert_eq!(connection.ping(PATIENCE).unwrap(), "+PONG\r\n");

    let delay = Duration::from_millis(300);
    proxy.delay(delay);
    let begin = Instant::now();
    assert_eq!(connection.ping(PATIENCE).unwrap(), "+PONG\r\n");
    assert!(begin.elapsed() >= delay);

    proxy.silence();
    let silence = connection.ping(Duration::from_millis(100)).unwrap_err();
    assert_eq!(silence.kind(), ErrorKind::WouldBlock);
    proxy.heal();
    // The ping from the silent time gets its response too.
    for answer in [connection.ping(PATIENCE), connection.answer()] {
        assert_eq!(answer.unwrap(), "+PONG\r\n");
    }

    proxy.close();
    assert!(connection.ping(PATIENCE).map_or(true, |end| end.is_empty()));
    let refused = Connection::new(&proxy).ping(PATIENCE);
    assert!(refused.map_or(true, |end| end.is_empty()));
    proxy.heal();
    assert_eq!(Connection::new(&proxy).ping(PATIENCE).unwrap(), "+PONG\r\n");
    assert_eq!(proxy.accepted(), 3);
    assert!(proxy.asked() >= 5);
}
