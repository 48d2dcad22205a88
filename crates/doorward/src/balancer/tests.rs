use tokio::io::AsyncReadExt;

use super::*;

/// A host that greets with its name, then sends back what it receives.
async fn host(address: &str, name: &'static str) -> SocketAddr {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                stream.write_all(name.as_bytes()).await.unwrap();
                let (mut from, mut to) = stream.split();
                let _ = copy(&mut from, &mut to).await;
            });
        }
    });
    address
}

async fn serve(balancer: Balancer) -> (SocketAddr, Shutdown) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = Shutdown::new();
    tokio::spawn(balancer.serve(listener, shutdown.clone()));
    (address, shutdown)
}

async fn exchange(entrance: SocketAddr, message: &str) -> String {
    let mut stream = TcpStream::connect(entrance).await.unwrap();
    stream.write_all(message.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A balancer whose name server no longer answers: it uses the addresses that it knows.
fn over(addresses: Vec<SocketAddr>) -> Balancer {
    Balancer {
        known: Mutex::new(addresses),
        ..Balancer::new("no-such-host.invalid:1".to_owned())
    }
}

#[tokio::test]
async fn hosts_are_used_in_turn() {
    let hosts = vec![
        host("127.0.0.1:0", "one ").await,
        host("127.0.0.1:0", "two ").await,
    ];
    let (entrance, _shutdown) = serve(over(hosts)).await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(exchange(entrance, "hello").await);
    }
    answers.sort_unstable();
    assert_eq!(
        answers,
        ["one hello", "one hello", "two hello", "two hello"]
    );
}

#[tokio::test]
async fn a_host_that_refuses_is_passed_over() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusing = closed.local_addr().unwrap();
    drop(closed);
    let hosts = vec![refusing, host("127.0.0.1:0", "two ").await];
    let (entrance, _shutdown) = serve(over(hosts)).await;
    for _ in 0..4 {
        assert_eq!(exchange(entrance, "hello").await, "two hello");
    }
}

#[tokio::test]
async fn the_name_is_looked_up() {
    let address = host("127.0.0.1:0", "one ").await;
    let name = format!("localhost:{}", address.port());
    let (entrance, _shutdown) = serve(Balancer::new(name)).await;
    assert_eq!(exchange(entrance, "hello").await, "one hello");
}

#[tokio::test]
async fn without_a_host_the_connection_ends() {
    let (entrance, _shutdown) = serve(over(vec![])).await;
    let mut stream = TcpStream::connect(entrance).await.unwrap();
    let mut answer = String::new();
    assert_eq!(stream.read_to_string(&mut answer).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_stop_refuses_new_connections() {
    let hosts = vec![host("127.0.0.1:0", "one ").await];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let entrance = listener.local_addr().unwrap();
    let shutdown = Shutdown::new();
    let serving = tokio::spawn(over(hosts).serve(listener, shutdown.clone()));
    assert_eq!(exchange(entrance, "hello").await, "one hello");
    shutdown.cancel();
    serving.await.unwrap();
    TcpStream::connect(entrance).await.unwrap_err();
}
