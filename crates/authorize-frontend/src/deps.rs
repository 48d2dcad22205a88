//! What the steps of a request work with.

use std::sync::Arc;

use doorward_service_kit::Clock;
use ipnet::IpNet;

use crate::backends::Backends;
use crate::issuer::Issuer;

/// Shared by all requests.
#[derive(Debug)]
pub(crate) struct Deps {
    pub(crate) issuer: Issuer,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) backends: Backends,
    pub(crate) clock: Arc<dyn Clock>,
}
