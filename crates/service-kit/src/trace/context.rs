//! The id of a trace, and how it is told to the next process
//! (<https://www.w3.org/TR/trace-context/#traceparent-header>).

use std::fmt;

use http::{HeaderMap, HeaderValue};
use tokio::task::futures::TaskLocalFuture;
use tokio::task_local;

use crate::random::bytes;

pub(super) const TRACEPARENT: &str = "traceparent";
const SAMPLED: u8 = 1;

task_local! {
    static TRACE: TraceId;
}

/// The id of a trace, which is not zero. Shown as 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceId(u128);

/// Work that is part of a trace.
pub type InTrace<F> = TaskLocalFuture<TraceId, F>;

impl TraceId {
    /// Makes a new id.
    #[must_use]
    pub fn random() -> Self {
        Self(u128::from_ne_bytes(bytes()).max(1))
    }

    pub(super) fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
        let id = u128::from_be_bytes(bytes);
        (id != 0).then_some(Self(id))
    }

    pub(super) fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = is_hex(text, 32).then(|| u128::from_str_radix(text, 16));
        digits?.ok().filter(|id| *id != 0).map(Self)
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Runs `work` as a part of a trace, of which the services that it calls are told.
pub fn within<F: Future>(id: TraceId, work: F) -> InTrace<F> {
    TRACE.scope(id, work)
}

/// The trace of the current task.
pub(super) fn current() -> Option<TraceId> {
    TRACE.try_with(|id| *id).ok()
}

/// The span of another process that called this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parent {
    pub(crate) trace_id: TraceId,
    pub(super) span_id: u64,
    pub(super) is_sampled: bool,
}

impl Parent {
    /// A span that is exported nowhere.
    pub(super) fn unsampled(trace_id: TraceId) -> Self {
        Self {
            trace_id,
            span_id: u64::from_ne_bytes(bytes()).max(1),
            is_sampled: false,
        }
    }

    /// Reads a well-formed `traceparent`. Later versions may append fields.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(TRACEPARENT)?.to_str().ok()?;
        let mut fields = text.splitn(5, '-');
        let version = fields.next().filter(|field| is_hex(field, 2))?;
        let trace_id = TraceId::parse(fields.next()?)?;
        let span_id = fields.next().filter(|field| is_hex(field, 16))?;
        let flags = fields.next().filter(|field| is_hex(field, 2))?;
        let is_version_known = version != "ff" && (version != "00" || fields.next().is_none());
        let parent = Self {
            trace_id,
            span_id: u64::from_str_radix(span_id, 16).ok()?,
            is_sampled: u8::from_str_radix(flags, 16).ok()? & SAMPLED == SAMPLED,
        };
        (is_version_known && parent.span_id != 0).then_some(parent)
    }

    pub(super) fn write(self, headers: &mut HeaderMap) {
        let (trace_id, span_id) = (self.trace_id, self.span_id);
        let text = format!(
            "00-{trace_id}-{span_id:016x}-{:02x}",
            u8::from(self.is_sampled)
        );
        if let Ok(mut value) = HeaderValue::from_str(&text) {
            // No two calls have the same, so that HTTP/2 does well not to remember it.
            value.set_sensitive(true);
            headers.insert(TRACEPARENT, value);
        }
    }
}

fn is_hex(field: &str, length: usize) -> bool {
    let mut bytes = field.bytes();
    field.len() == length && bytes.all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    fn read(text: &'static str) -> Option<(String, u64, bool)> {
        let name = HeaderName::from_static(TRACEPARENT);
        let headers = HeaderMap::from_iter([(name, HeaderValue::from_static(text))]);
        let parent = Parent::read(&headers)?;
        Some((
            parent.trace_id.to_string(),
            parent.span_id,
            parent.is_sampled,
        ))
    }

    #[test]
    fn a_parent_is_read() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736".to_owned();
        let parent = |is_sampled| Some((id.clone(), 0x00f0_67aa_0ba9_02b7, is_sampled));
        for (text, expected) in [
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                parent(true),
            ),
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02",
                parent(false),
            ),
            (
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                parent(true),
            ),
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                None,
            ),
            (
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                None,
            ),
            (
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                None,
            ),
            (
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                None,
            ),
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                None,
            ),
            ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", None),
            (
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-+1",
                None,
            ),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
        assert_eq!(Parent::read(&HeaderMap::new()), None);
    }

    #[test]
    fn what_is_written_is_read() {
        for is_sampled in [true, false] {
            let parent = Parent {
                is_sampled,
                ..Parent::unsampled(TraceId::random())
            };
            let mut headers = HeaderMap::new();
            parent.write(&mut headers);
            assert_eq!(Parent::read(&headers), Some(parent));
        }
    }

    #[test]
    fn an_id_has_32_digits() {
        assert_eq!(TraceId(1).to_string(), format!("{:0>32}", "1"));
        assert_ne!(TraceId::random(), TraceId::random());
    }

    #[tokio::test]
    async fn work_knows_its_trace() {
        let id = TraceId::random();
        assert_eq!(within(id, async { current() }).await, Some(id));
        assert_eq!(current(), None);
    }
}
