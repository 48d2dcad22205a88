//! A collector of traces, by gRPC and by HTTP.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use doorward_e2e::PATIENCE;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// A span, and the service that sent it.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) service: String,
    pub(crate) span: Span,
}

impl Sent {
    /// The value of an attribute as text.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        text(&self.span.attributes, name)
    }

    /// The trace id in hexadecimal digits.
    pub(crate) fn trace_id(&self) -> String {
        hex(&self.span.trace_id)
    }
}

/// All spans, and the requests that carried them.
#[derive(Debug, Default)]
struct Received {
    spans: Vec<Sent>,
    requests: Vec<ExportTraceServiceRequest>,
}

/// A running collector.
#[derive(Debug, Clone)]
pub(crate) struct Collector {
    /// The address for OTLP by gRPC.
    pub(crate) grpc: String,
    /// The address for OTLP by HTTP.
    pub(crate) http: String,
    received: Arc<Mutex<Received>>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let received = Arc::new(Mutex::new(Received::default()));
        let (grpc, http) = (listen().await, listen().await);
        let address = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let collector = Self {
            grpc: address(&grpc),
            http: address(&http),
            received,
        };
        let service = TraceServiceServer::new(collector.clone());
        let server = Server::builder().add_service(service);
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(grpc)));
        let routes = Router::new()
            .route("/v1/traces", post(receive))
            .with_state(collector.clone());
        tokio::spawn(async { axum::serve(http, routes).await });
        collector
    }

    fn take(&self, request: ExportTraceServiceRequest) {
        let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        for resource in &request.resource_spans {
            let attributes = resource.resource.as_ref().map(|it| &*it.attributes);
            let service = text(attributes.unwrap_or_default(), "service.name").unwrap_or_default();
            let spans = resource.scope_spans.iter().flat_map(|scope| &scope.spans);
            received.spans.extend(spans.map(|span| Sent {
                service: service.clone(),
                span: span.clone(),
            }));
        }
        received.requests.push(request);
    }

    /// All spans so far.
    pub(crate) fn spans(&self) -> Vec<Sent> {
        self.received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .spans
            .clone()
    }

    /// All that was sent, as a text to search.
    pub(crate) fn everything(&self) -> String {
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        format!("{:?}", received.requests)
    }

    /// Waits until the newest trace with a root of this name is as it should be.
    pub(crate) async fn trace(&self, root: &str, is_right: impl Fn(&Trace) -> bool) -> Trace {
        let begin = Instant::now();
        loop {
            let found = Trace::newest(&self.spans(), root);
            if let Some(trace) = found.as_ref().filter(|trace| is_right(trace)) {
                return trace.clone();
            }
            let tree = found.map(|trace| trace.tree()).unwrap_or_default();
            assert!(
                begin.elapsed() < PATIENCE,
                "another trace was expected:\n{tree}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn receive(State(collector): State<Collector>, body: Bytes) -> Vec<u8> {
    collector.take(ExportTraceServiceRequest::decode(body).unwrap());
    ExportTraceServiceResponse::default().encode_to_vec()
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.take(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

/// The spans of a trace.
#[derive(Debug, Clone)]
pub(crate) struct Trace(pub(crate) Vec<Sent>);

impl Trace {
    fn newest(spans: &[Sent], root: &str) -> Option<Self> {
        let is_root = |it: &&Sent| it.span.parent_span_id.is_empty() && it.span.name == root;
        let roots = spans.iter().filter(is_root);
        let root = roots.max_by_key(|root| root.span.start_time_unix_nano)?;
        let of_it = spans
            .iter()
            .filter(|it| it.span.trace_id == root.span.trace_id);
        Some(Self(of_it.cloned().collect()))
    }

    /// The spans as an indented list, in the order of their names. Spans whose parent is missing do not appear.
    pub(crate) fn tree(&self) -> String {
        let mut children: BTreeMap<&[u8], Vec<&Sent>> = BTreeMap::new();
        for sent in &self.0 {
            children
                .entry(&sent.span.parent_span_id)
                .or_default()
                .push(sent);
        }
        let mut text = String::new();
        write(&mut text, &children, &[], 0);
        text
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|it| it.span.name == name)
    }

    pub(crate) fn span(&self, name: &str) -> &Sent {
        let found = self.0.iter().find(|it| it.span.name == name);
        found.unwrap_or_else(|| panic!("no span {name}: {}", self.tree()))
    }
}

fn write(text: &mut String, children: &BTreeMap<&[u8], Vec<&Sent>>, parent: &[u8], depth: usize) {
    let mut these = children.get(parent).cloned().unwrap_or_default();
    these.sort_by_key(|it| (&it.span.name, &it.service));
    for it in these {
        let service = it.service.trim_start_matches("doorward-");
        let _ = writeln!(text, "{}{service}: {}", "  ".repeat(depth), it.span.name);
        write(text, children, &it.span.span_id, depth + 1);
    }
}

fn text(attributes: &[KeyValue], name: &str) -> Option<String> {
    let attribute = attributes.iter().find(|it| it.key == name)?;
    match attribute.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
