//! The other end of a connection, and what trusted proxies say of the browser behind it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::Extensions;
use http::header::HeaderMap;
use ipnet::IpNet;

/// The address of the browser, if it is known.
pub(super) fn browser_address(
    headers: &HeaderMap,
    extensions: &Extensions,
    trusted_proxies: &[IpNet],
) -> Option<IpAddr> {
    peer(extensions).map(|ip| client_address(ip, headers, trusted_proxies))
}

/// Whether a proxy that we trust says that the browser came without TLS. Of several values the last one counts: the
/// nearest proxy wrote it, and the values before it may come from the browser.
pub(super) fn came_by_plain_http(
    headers: &HeaderMap,
    extensions: &Extensions,
    trusted_proxies: &[IpNet],
) -> bool {
    let trusted = peer(extensions).is_some_and(|ip| is_trusted(ip, trusted_proxies));
    let last = headers.get_all("x-forwarded-proto").iter().next_back();
    let scheme = last
        .and_then(|line| line.to_str().ok())
        // mutant: leftmost-x-forwarded-proto-trusted
        .and_then(|text| text.rsplit(',').next());
    trusted && scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("http"))
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.0.ip().to_canonical())
}

fn is_trusted(ip: IpAddr, trusted_proxies: &[IpNet]) -> bool {
    trusted_proxies.iter().any(|net| net.contains(&ip))
}

/// The right-most address in `X-Forwarded-For` that is not a proxy we trust; without trusted proxies, the peer.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted_proxies: &[IpNet]) -> IpAddr {
    if !is_trusted(peer, trusted_proxies) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.rsplit(','));
    let mut nearest = peer;
    for hop in hops {
        let Some(ip) = address_of(hop.trim()) else {
            break;
        };
        nearest = ip;
        if !is_trusted(ip, trusted_proxies) {
            break;
        }
    }
    nearest
}

/// `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::9`, `[2001:db8::9]` or `[2001:db8::9]:4711`.
fn address_of(hop: &str) -> Option<IpAddr> {
    let alone = hop.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let ip = match alone {
        Some(ipv6) => ipv6.parse().map(IpAddr::V6).ok(),
        None => hop.parse().ok(),
    };
    let ip = ip.or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()));
    ip.map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests;
