//! The spans that are exported, with the names of OpenTelemetry's semantic conventions
//! (<https://opentelemetry.io/docs/specs/semconv/>). No attribute holds what a user, a client or a store could keep
//! secret: no query, no header, no body, no key.

use http::{HeaderMap, Request, Response, StatusCode};
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId as OtelTraceId, TraceState,
};
use tonic::{Code, Status};
use tracing::field::Empty;
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::TraceId;
use super::context::{Parent, current};
use super::export::{TARGET, is_on};
use super::ids::with_trace_id;
use crate::grpc::{code_name, code_of};
use crate::known_method;

const LONGEST_PATH: usize = 256;
const ERROR: &str = "ERROR";
const OTHER_METHOD: &str = "_OTHER";

/// The span of a request over HTTP, which begins the trace. `route` is the pattern of its path, if it has one.
#[must_use]
pub fn request<B>(id: TraceId, request: &Request<B>, route: Option<&str>) -> Span {
    if !is_on() {
        return Span::none();
    }
    let method = known_method(request.method()).unwrap_or(OTHER_METHOD);
    // mutant: query-in-trace
    let path: String = request.uri().path().chars().take(LONGEST_PATH).collect();
    let span = info_span!(
        target: TARGET,
        parent: None,
        "request",
        otel.name = format!("{method} {}", route.unwrap_or_default()).trim_end(),
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        url.path = path,
        otel.status_code = Empty,
        error.type = Empty,
    );
    begin(&span, id);
    span
}

/// Ends the span of a request.
pub fn responded(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", ERROR);
        span.record("error.type", status.as_str());
    }
}

/// The span of a call to a service. It does nothing where nothing is exported, or where no request is answered.
pub(crate) fn outgoing_call(path: &str) -> Span {
    if !is_on() || Span::current().is_none() {
        return Span::none();
    }
    call(path, "client")
}

/// The span of a call from another process.
pub(crate) fn served_call<B>(request: &Request<B>) -> Span {
    let is_on = is_on();
    let parent = is_on.then(|| Parent::read(request.headers())).flatten();
    let Some(parent) = parent else {
        return Span::none();
    };
    let span = call(request.uri().path(), "server");
    follow(&span, parent);
    span
}

fn call(path: &str, kind: &'static str) -> Span {
    let method = path.trim_start_matches('/');
    info_span!(
        target: TARGET,
        "call",
        otel.name = method,
        otel.kind = kind,
        rpc.system.name = "grpc",
        rpc.method = method,
        rpc.response.status_code = Empty,
        otel.status_code = Empty,
        error.type = Empty,
    )
}

/// Ends the span of a call, at the head of its answer.
pub(crate) fn called<B>(span: &Span, answer: Result<&Response<B>, &Status>) {
    let code = match answer {
        Ok(answer) => code_of(answer),
        Err(status) => status.code(),
    };
    let name = code_name(code);
    span.record("rpc.response.status_code", name);
    let is_fault = matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    );
    if is_fault {
        span.record("otel.status_code", ERROR);
        span.record("error.type", name);
    }
}

/// Tells the called process which trace, and which span of it, calls.
pub(crate) fn propagate(span: &Span, headers: &mut HeaderMap) {
    let parent = if span.is_none() {
        current().map(Parent::unsampled)
    } else {
        parent_of(span)
    };
    if let Some(parent) = parent {
        parent.write(headers);
    }
}

/// The span of a call to a store, such as `FCALL resolve_session` to Redis.
#[must_use]
pub fn store_call(system: &'static str, operation: &'static str, procedure: &str) -> Span {
    if !is_on() || Span::current().is_none() {
        return Span::none();
    }
    info_span!(
        target: TARGET,
        "store",
        otel.name = format!("{operation} {procedure}"),
        otel.kind = "client",
        db.system.name = system,
        db.operation.name = operation,
        db.stored_procedure.name = procedure,
        otel.status_code = Empty,
    )
}

/// Ends the span of a call to a store.
pub fn store_called<T, E>(span: &Span, result: &Result<T, E>) {
    if result.is_err() {
        span.record("otel.status_code", ERROR);
    }
}

/// Starts a span without a parent, as the first of a trace.
fn begin(span: &Span, id: TraceId) {
    with_trace_id(id, || drop(span.context()));
}

/// A span as the parent of spans in another process.
fn parent_of(span: &Span) -> Option<Parent> {
    let context = span.context();
    let span = context.span();
    let context = span.span_context();
    Some(Parent {
        trace_id: TraceId::from_bytes(context.trace_id().to_bytes())?,
        span_id: u64::from_be_bytes(context.span_id().to_bytes()),
        is_sampled: context.is_sampled(),
    })
}

fn follow(span: &Span, parent: Parent) {
    let flags = if parent.is_sampled {
        TraceFlags::SAMPLED
    } else {
        TraceFlags::default()
    };
    let context = SpanContext::new(
        OtelTraceId::from_bytes(parent.trace_id.to_bytes()),
        SpanId::from_bytes(parent.span_id.to_be_bytes()),
        flags,
        true,
        TraceState::default(),
    );
    let parent = opentelemetry::Context::new().with_remote_span_context(context);
    // Fails only for a span that has begun, or is disabled.
    let _ = span.set_parent(parent);
}
