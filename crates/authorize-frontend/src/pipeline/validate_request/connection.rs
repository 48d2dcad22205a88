//! `connection`: where the user may come from.

use doorward_oauth2_types::auth0;
use doorward_proto::client_registry::v1::Connection;

use crate::error::OAuthError;
use crate::pipeline::RawParams;

/// The connections to offer: the one that was named, or all that are enabled.
pub(super) fn check(
    params: &RawParams,
    enabled: &[Connection],
) -> Result<Vec<Connection>, OAuthError> {
    if enabled.is_empty() {
        return Err(OAuthError::invalid_request(
            "no connections enabled for the client",
        ));
    }
    let Some(name) = params.get(auth0::CONNECTION) else {
        return Ok(enabled.to_vec());
    };
    let named: Vec<_> = enabled
        .iter()
        .filter(|it| it.name == name)
        .cloned()
        .collect();
    if named.is_empty() {
        return Err(OAuthError::invalid_request("the connection was not found"));
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(name: &str) -> Connection {
        Connection {
            name: name.to_owned(),
            ..Connection::default()
        }
    }

    #[test]
    fn named_or_all() {
        let enabled = [connection("a"), connection("b")];
        let offered = |query: &str| check(&RawParams::parse(query).unwrap(), &enabled);
        assert_eq!(offered("").unwrap().len(), 2);
        assert_eq!(offered("connection=b").unwrap(), [connection("b")]);
        assert_eq!(
            offered("connection=c").unwrap_err().description,
            "the connection was not found"
        );
    }

    #[test]
    fn none_at_all() {
        let error = check(&RawParams::parse("").unwrap(), &[]).unwrap_err();
        assert_eq!(error.description, "no connections enabled for the client");
    }
}
