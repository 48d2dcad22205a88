//! How long calls take, by method and code.

use http::Response;
use metrics::histogram;
use tokio::time::Instant;
use tonic::Code;

use crate::metrics::GRPC_CALL_SECONDS;

const GRPC_STATUS: &str = "grpc-status";
/// Label of all methods that do not exist: their names are the caller's.
const UNKNOWN_METHOD: &str = "unknown";

/// A call that is going on. Dropped before its end, it counts as cancelled.
#[derive(Debug)]
pub(super) struct Measurement {
    /// Path of the method, with a slash before it.
    path: String,
    began: Instant,
    code: Code,
}

impl Measurement {
    pub(super) fn start(path: String) -> Self {
        Self {
            path,
            began: Instant::now(),
            code: Code::Cancelled,
        }
    }

    /// Ends with the code of an answer.
    pub(super) fn end<B>(mut self, answer: &Response<B>) {
        self.code = code_of(answer);
    }

    fn method(&mut self) -> String {
        // mutant: unknown-call-becomes-a-series
        if self.code == Code::Unimplemented {
            return UNKNOWN_METHOD.to_owned();
        }
        let mut path = std::mem::take(&mut self.path);
        path.drain(..path.len().min(1));
        path
    }
}

impl Drop for Measurement {
    fn drop(&mut self) {
        let (method, code) = (self.method(), code_name(self.code));
        histogram!(GRPC_CALL_SECONDS, "method" => method, "code" => code)
            .record(self.began.elapsed());
    }
}

/// Returns the code in the head of an answer; a head without one begins messages.
pub(crate) fn code_of<B>(answer: &Response<B>) -> Code {
    let code = answer.headers().get(GRPC_STATUS);
    code.map_or(Code::Ok, |code| Code::from_bytes(code.as_bytes()))
}

/// Returns the name of a code as the specification spells it
/// (<https://github.com/grpc/grpc/blob/master/doc/statuscodes.md>).
pub(crate) fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
