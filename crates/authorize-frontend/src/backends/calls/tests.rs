use std::future::pending;
use std::sync::Mutex;

use doorward_service_kit::deadline::within;

use super::*;

const CALL: Duration = Duration::from_millis(50);
/// A time limit that a busy machine does not reach.
const LONG: Duration = Duration::from_mins(1);

/// The reaction of a backend to a call.
#[derive(Debug, Clone, Copy)]
enum Meets {
    Answers,
    Late,
    Lost,
    Refuses,
}

/// A backend with a given reaction to each call.
#[derive(Debug, Clone)]
struct Backend(Arc<Mutex<Vec<Meets>>>);

impl Backend {
    fn new(meets: &[Meets]) -> Self {
        let meets = meets.iter().rev().copied().collect();
        Self(Arc::new(Mutex::new(meets)))
    }

    async fn call(self, request: Request<&'static str>) -> Result<Response<&'static str>, Status> {
        let meets = self.0.lock().unwrap().pop().expect("no more calls");
        match meets {
            Meets::Answers => Ok(Response::new(request.into_inner())),
            Meets::Late => pending().await,
            Meets::Lost => Err(Status::unavailable("connection reset")),
            Meets::Refuses => Err(Status::not_found("no")),
        }
    }

    fn not_made(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

fn calls() -> Calls {
    let patience = Patience {
        call: CALL,
        ..Patience::default()
    };
    Calls::new("session", &patience)
}

async fn repeatable(calls: &Calls, backend: &Backend) -> Result<&'static str, Status> {
    let result = calls.repeatable(backend, "question", Backend::call).await;
    result.map(Response::into_inner)
}

#[tokio::test]
async fn one_late_or_lost_answer_is_survived() {
    for first in [Meets::Late, Meets::Lost] {
        let backend = Backend::new(&[first, Meets::Answers]);
        let answer = within(LONG, repeatable(&calls(), &backend)).await;
        assert_eq!(answer.unwrap(), "question");
        assert_eq!(backend.not_made(), 0);
    }
}

#[tokio::test]
async fn two_are_not() {
    for both in [Meets::Late, Meets::Lost] {
        let backend = Backend::new(&[both; 3]);
        let answer = within(4 * CALL, repeatable(&calls(), &backend)).await;
        let error = BackendError::new("session", answer.unwrap_err());
        assert!(matches!(error, BackendError::CannotTell { .. }));
        assert_eq!(backend.not_made(), 1, "{both:?}");
    }
}

#[tokio::test]
async fn an_answer_is_no_reason_to_ask_again() {
    let backend = Backend::new(&[Meets::Refuses; 2]);
    assert!(repeatable(&calls(), &backend).await.is_err());
    assert_eq!(backend.not_made(), 1);
}

/// A call that is not safe to repeat is not repeated; it may take the remaining time of its request.
#[tokio::test]
async fn once_is_once() {
    for only in [Meets::Late, Meets::Lost, Meets::Answers] {
        let backend = Backend::new(&[only; 2]);
        let once = calls();
        let once = once.once(&backend, "question", Backend::call);
        let answer = within(2 * CALL, once).await;
        assert_eq!(answer.is_ok(), matches!(only, Meets::Answers));
        assert_eq!(backend.not_made(), 1);
    }
}

#[tokio::test]
async fn the_time_of_a_request_ends_its_calls() {
    let backend = Backend::new(&[Meets::Late; 2]);
    let answer = within(Duration::ZERO, repeatable(&calls(), &backend)).await;
    assert_eq!(answer.unwrap_err().code(), tonic::Code::DeadlineExceeded);
    assert_eq!(backend.not_made(), 1, "there is no time for a repeat");
}

/// Law 4: repeats do not double the calls to a lost backend.
#[tokio::test]
async fn repeats_are_bounded() {
    let backend = Backend::new(&[Meets::Lost; 5_000]);
    let calls = calls();
    let answers = (0..2_000).map(|_| repeatable(&calls, &backend));
    let answers = futures::future::join_all(answers).await;
    assert!(answers.iter().all(Result::is_err));
    let repeats = 5_000 - 2_000 - backend.not_made();
    assert!((200..=400).contains(&repeats), "{repeats}");
}

/// Each hop receives its deadline.
#[tokio::test]
async fn the_deadline_is_handed_on() {
    let told = |limit: Duration| async move {
        let deadline = Mutex::new(None);
        let call = |(), request: Request<()>| {
            let value = request.metadata().get("grpc-timeout").cloned();
            *deadline.lock().unwrap() = value;
            async { Ok(Response::new(())) }
        };
        let answered = within(limit, calls().once(&(), (), call)).await;
        answered.unwrap();
        deadline.into_inner().unwrap().unwrap()
    };
    let text = told(LONG).await.to_str().unwrap().to_owned();
    let (number, unit) = text.split_at(text.len() - 1);
    let number: u64 = number.parse().unwrap();
    let told = match unit {
        "n" => Duration::from_nanos(number),
        "u" => Duration::from_micros(number),
        "m" => Duration::from_millis(number),
        _ => Duration::from_secs(number),
    };
    assert!(told > CALL && told <= LONG, "{text}");
}
