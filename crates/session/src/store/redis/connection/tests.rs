use std::future::pending;

use super::*;

/// A machine that was busy with something else has not seen whether Redis answers.
#[tokio::test]
async fn a_process_without_time_says_nothing_about_redis() {
    let config = RedisConfig::new("redis://127.0.0.1/");
    let connection = Connection::new(&config, 0).unwrap();
    let busy = async { std::thread::sleep(connection.deadline + 2 * BUSY) };
    let (answer, ()) = tokio::join!(connection.judged(pending()), busy);
    assert!(answer.unwrap_err().is_timeout());
    assert_eq!(connection.breaker.row(), 0);
}
