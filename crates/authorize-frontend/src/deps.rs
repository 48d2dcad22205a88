//! The dependencies of the steps of a request.

use std::sync::Arc;

use doorward_service_kit::Clock;
use ipnet::IpNet;

use crate::backends::Backends;
use crate::issuer::Issuer;
use crate::workload::Workload;

/// The dependencies, shared by all requests.
#[derive(Debug)]
pub(crate) struct Deps {
    pub(crate) issuer: Issuer,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) backends: Backends,
    pub(crate) workload: Arc<Workload>,
    pub(crate) clock: Arc<dyn Clock>,
}
