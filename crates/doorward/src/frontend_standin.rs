//! x
use std::sync::Arc; use std::path::PathBuf;
use doorward_service_kit::{Clock,Shutdown,StartError};
use doorward_service_kit::config::ConfigError;
use tonic::transport::Channel;
#[derive(Debug,Clone)] pub(crate) struct HttpConfig { pub issuer:String, pub listen: std::net::SocketAddr, pub tls_cert: Option<PathBuf>, pub tls_key: Option<PathBuf>, pub trusted_proxies: Vec<ipnet::IpNet>}
impl HttpConfig { pub fn validate(&self)->Result<(),ConfigError>{Ok(())} }
#[derive(Debug,Clone)] pub(crate) struct Channels { pub client_registry:Channel, pub identity:Channel, pub session: Channel, pub organization: Channel, pub token_signing: Channel }
pub(crate) async fn serve(http: HttpConfig, _c: Channels, _cl: Arc<dyn Clock>, shutdown: Shutdown)->Result<(),StartError>{ let l=tokio::net::TcpListener::bind(http.listen).await.unwrap(); shutdown.cancelled().await; drop(l); Ok(()) }
