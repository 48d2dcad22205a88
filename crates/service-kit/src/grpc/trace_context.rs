//! The span around a call that came over a socket, with the trace that its caller is part of
//! (<https://www.w3.org/TR/trace-context/#traceparent-header>).

use http::{HeaderMap, Request};
use tracing::{Span, info_span};

const TRACEPARENT: &str = "traceparent";

/// In one process there is none: the call runs in the span of its caller.
pub(super) fn span(request: &Request<()>) -> Span {
    let trace_id = trace_id(request.headers());
    info_span!("call", method = request.uri().path(), trace_id)
}

/// The trace id of a well-formed `traceparent`. Later versions may append fields.
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(TRACEPARENT)?.to_str().ok()?;
    let mut fields = text.splitn(5, '-');
    let version = fields.next().filter(|field| is_hex(field, 2))?;
    let trace_id = fields.next().filter(|field| is_id(field, 32))?;
    fields.next().filter(|field| is_id(field, 16))?;
    fields.next().filter(|field| is_hex(field, 2))?;
    let is_version_known = version != "ff" && (version != "00" || fields.next().is_none());
    is_version_known.then_some(trace_id)
}

fn is_id(field: &str, length: usize) -> bool {
    is_hex(field, length) && field.bytes().any(|byte| byte != b'0')
}

fn is_hex(field: &str, length: usize) -> bool {
    let mut bytes = field.bytes();
    field.len() == length && bytes.all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(text: &'static str) -> Option<String> {
        let headers = HeaderMap::from_iter([(
            http::HeaderName::from_static(TRACEPARENT),
            HeaderValue::from_static(text),
        )]);
        trace_id(&headers).map(str::to_owned)
    }

    #[test]
    fn a_trace_id_is_read() {
        let id = Some("4bf92f3577b34da6a3ce929d0e0e4736".to_owned());
        for (text, expected) in [
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                &id,
            ),
            (
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                &id,
            ),
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                &None,
            ),
            (
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                &None,
            ),
            (
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                &None,
            ),
            (
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                &None,
            ),
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                &None,
            ),
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                &None,
            ),
            ("", &None),
        ] {
            assert_eq!(&read(text), expected, "{text:?}");
        }
        assert_eq!(trace_id(&HeaderMap::new()), None);
    }
}
