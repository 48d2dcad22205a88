//! How long requests take, by route, method and status.

use std::borrow::Cow;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use doorward_service_kit::known_method;
use http::StatusCode;
use metrics::histogram;

use crate::metrics::HTTP_REQUEST_SECONDS;

/// Label of all paths that no endpoint has, and of methods that HTTP does not define: the caller made them up.
const OTHER: &str = "other";
/// Status of a request whose browser did not wait for the response.
const CANCELLED: &str = "cancelled";

/// A request that is going on. Dropped before its end, it counts as cancelled.
#[derive(Debug)]
pub(super) struct Measurement {
    route: Cow<'static, str>,
    method: &'static str,
    status: Option<StatusCode>,
    began: Instant,
}

impl Measurement {
    pub(super) fn start(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>();
        let route = route.map(|route| route.as_str().to_owned());
        Self {
            // mutant: path-becomes-a-series
            route: route.map_or(OTHER.into(), Cow::Owned),
            // mutant: method-becomes-a-series
            method: known_method(request.method()).unwrap_or(OTHER),
            status: None,
            began: Instant::now(),
        }
    }

    /// Ends with the status of the response.
    pub(super) fn end(mut self, status: StatusCode) {
        self.status = Some(status);
    }

    fn status(&self) -> Cow<'static, str> {
        let status = self.status.as_ref();
        status.map_or(CANCELLED.into(), |status| status.as_str().to_owned().into())
    }
}

impl Drop for Measurement {
    fn drop(&mut self) {
        let route = std::mem::take(&mut self.route);
        let (method, status) = (self.method, self.status());
        histogram!(HTTP_REQUEST_SECONDS, "route" => route, "method" => method, "status" => status)
            .record(self.began.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use metrics::with_local_recorder;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[test]
    fn a_request_is_measured_also_without_a_route_or_a_response() {
        let request = |method: &str| {
            let request = Request::builder().method(method).uri("/made-up");
            request.body(Body::empty()).unwrap()
        };
        let recorder = PrometheusBuilder::new().build_recorder();
        with_local_recorder(&recorder, || {
            Measurement::start(&request("BREW")).end(StatusCode::NOT_FOUND);
            drop(Measurement::start(&request("GET")));
        });
        let text = recorder.handle().render();
        for labels in [
            "route=\"other\",method=\"other\",status=\"404\"",
            "route=\"other\",method=\"GET\",status=\"cancelled\"",
        ] {
            let line = format!("{HTTP_REQUEST_SECONDS}_count{{{labels}}} 1");
            assert!(text.contains(&line), "{line} in {text}");
        }
    }
}
